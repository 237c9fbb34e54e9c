import Foundation

/// Quantities in text: as people read them, and as options give them.
public enum Quantity {
  /// `47 s`, `3 min 20 s`, `1 h 32 min`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e15 else { return "?" }
    if seconds < 9.95 { return String(format: "%.1f s", seconds) }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    let minutes = Int((seconds / 60).rounded())
    return "\(minutes / 60) h \(minutes % 60) min"
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
    groupedDigits("\(value)", by: ",")
  }

  /// A number of things: `1 run`, `2,400 runs`.
  public static func count(_ count: Int, _ thing: String) -> String {
    "\(grouped(count)) \(thing)\(count == 1 ? "" : "s")"
  }

  /// With so many decimals, or with four digits and a power of ten where it is huge; `–` for what is not there.
  public static func fixed(_ value: Double?, _ decimals: Int) -> String {
    guard let value else { return "–" }
    guard value.isFinite else { return "\(value)" }
    return String(format: abs(value) < 1e9 ? "%.\(decimals)f" : "%.3e", value)
  }

  /// `90m`, `2h`, `1h30m`, `45s` in seconds; nil for anything else and for nothing at all.
  public static func parseSeconds(_ text: String) -> Double? {
    read(text, ["s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400])
  }

  /// `6GB`, `500MB`, `1.5GiB` in bytes; nil for anything else and for nothing at all.
  public static func parseBytes(_ text: String) -> Int? {
    let units = [
      "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824,
      "tib": 1_099_511_627_776,
    ]
    return read(text.lowercased(), units).flatMap { $0 < 1e18 ? Int($0) : nil }
  }

  /// Numbers with a unit behind each, added.
  private static func read(_ text: String, _ units: [String: Double]) -> Double? {
    var rest = text[...]
    var sum = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
      guard let number = Double(digits), let size = units[String(unit)] else { return nil }
      sum += number * size
      rest = rest.dropFirst(digits.count + unit.count)
    }
    return sum > 0 && sum.isFinite ? sum : nil
  }
}

/// The digits of a hundred times a number's size, rounded once: its product with a hundred in floating point may lie on the other
/// side of a half.
public func percentDigits(_ fraction: Double, decimals: Int) -> String {
  let decimals = min(max(decimals, 0), 20)
  let digits = String(format: "%.\(decimals + 2)f", abs(fraction)).filter { $0 != "." }
  let whole = digits.dropLast(decimals).drop { $0 == "0" }
  return (whole.isEmpty ? "0" : whole) + (decimals > 0 ? "." + digits.suffix(decimals) : "")
}

/// The digits of a whole number in groups of three, with a text between the groups; a minus sign before them stays.
public func groupedDigits(_ digits: String, by gap: String) -> String {
  let sign = digits.hasPrefix("-") ? "-" : ""
  let digits = digits.dropFirst(sign.count)
  var text = sign
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += gap }
    text.append(digit)
  }
  return text
}
