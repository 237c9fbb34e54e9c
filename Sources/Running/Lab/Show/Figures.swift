import Foundation

/// Numbers as people read them.
public enum Figures {
  /// `47 s`, `3 min 20 s`, `1 h 32 min`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e15 else { return "?" }
    if seconds < 9.95 { return String(format: "%.1f s", seconds) }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// `1.4 GB`: powers of ten.
  public static func bytes(_ count: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(count)
    var unit = 0
    while value >= 999.5, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(count) B" : String(format: value < 9.995 ? "%.2f %@" : "%.1f %@", value, units[unit])
  }

  /// `43,093,322`.
  public static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// With so many decimals; `–` for what is not there.
  public static func fixed(_ value: Double?, _ decimals: Int) -> String {
    guard let value else { return "–" }
    return value.isFinite ? String(format: "%.\(decimals)f", value) : "\(value)"
  }
}
