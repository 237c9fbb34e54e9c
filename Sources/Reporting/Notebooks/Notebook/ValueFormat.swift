import Foundation
package import Store
import Text

/// How a value of a query is written.
package enum ValueFormat: Sendable, Hashable {
  /// As it is; numbers with three significant digits.
  case automatic
  /// `%.2f`: so many decimals.
  case fixed(Int)
  /// `%d`, `grouped`: a whole number with groups of thousands.
  case grouped
  /// `percent`, `percent1`: a fraction, times a hundred.
  case percent(Int)
  /// `points`, `points1`: a difference of fractions in percentage points, with its sign.
  case points(Int)
  /// `ratio`, `ratio1`: `2.47×`.
  case ratio(Int)
  /// `1.4 GB`.
  case bytes
  /// `3 min 20 s`.
  case duration
  /// Unchanged, also if it is a number.
  case text

  package init?(_ source: String) {
    switch source {
    case "", "auto": self = .automatic
    case "%d", "grouped": self = .grouped
    case "bytes": self = .bytes
    case "duration": self = .duration
    case "text": self = .text
    default:
      if source.hasPrefix("%."), source.hasSuffix("f"), let decimals = Int(source.dropFirst(2).dropLast()),
        (0...12).contains(decimals)
      {
        self = .fixed(decimals)
        return
      }
      let name = source.prefix { $0.isLetter }
      let rest = source.dropFirst(name.count)
      guard let decimals = rest.isEmpty ? (name == "ratio" ? 2 : 1) : Int(rest), (0...6).contains(decimals)
      else {
        return nil
      }
      switch name {
      case "percent": self = .percent(decimals)
      case "points": self = .points(decimals)
      case "ratio": self = .ratio(decimals)
      default: return nil
      }
    }
  }

  package static let names = "%.2f, %d, grouped, percent, points, ratio, bytes, duration, text"

  package func text(_ value: SQLValue) -> String {
    guard let number = value.number, self != .text else { return value == .null ? "–" : value.plainText }
    guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "−∞" : "∞" }
    // Whole numbers stay what they are beyond what a floating-point number can tell apart.
    if case .integer(let whole) = value {
      switch self {
      case .automatic: return minused(whole.magnitude < 10_000 ? "\(whole)" : groupedDigits("\(whole)", by: "\u{2009}"))
      case .grouped: return minused(groupedDigits("\(whole)", by: ","))
      case .fixed(0): return minused("\(whole)")
      default: break
      }
    }
    switch self {
    case .automatic: return automatic(number)
    case .fixed(let decimals): return decimal(number, decimals)
    case .grouped: return grouped(number)
    case .percent(let decimals): return hundredfold(number, decimals) + "\u{A0}%"
    case .points(let decimals):
      let text = hundredfold(number, decimals)
      return (number > 0 && text.contains(where: { ("1"..."9").contains($0) }) ? "+" : "") + text + "\u{A0}pt"
    case .ratio(let decimals): return decimal(number, decimals) + "×"
    case .bytes: return bytes(number)
    case .duration: return duration(number)
    case .text: return value.plainText
    }
  }

  private func minused(_ text: String) -> String { text.replacing("-", with: "−") }

  /// Three significant digits; fewer where the number has fewer, as it is written then.
  private func automatic(_ number: Double) -> String {
    if number == 0 { return "0" }
    let size = abs(number)
    guard size < 1e15, size >= 1e-4 else { return power(number, 2) }
    if number == number.rounded() { return NumberText.decimal(number, decimals: 0, gap: "\u{2009}") }
    if size >= 1000 { return NumberText.decimal(number, decimals: 0, gap: "\u{2009}") }
    let most = max(0, 2 - Int(log10(size).rounded(.down)))
    for decimals in 0..<most {
      let text = String(format: "%.\(decimals)f", number)
      if Double(text) == number { return NumberText.decimal(number, decimals: decimals, gap: "") }
    }
    // Rounding may give a digit more before the point.
    let rounded = Double(String(format: "%.\(most)f", size)) ?? size
    let decimals = most > 0 && rounded >= pow(10, Double(3 - most)) ? most - 1 : most
    return NumberText.decimal(number, decimals: decimals, gap: "")
  }

  /// So many decimals; powers of ten where nobody would read the digits. There is no negative zero.
  private func decimal(_ number: Double, _ decimals: Int) -> String {
    abs(number) < 1e15 ? NumberText.decimal(number, decimals: decimals, gap: "") : power(number, decimals)
  }

  /// A hundred times the number, powers of ten where nobody would read the digits.
  private func hundredfold(_ number: Double, _ decimals: Int) -> String {
    abs(number) < 1e13 ? NumberText.hundredfold(number, decimals: decimals) : power(number * 100, decimals)
  }

  /// `1.0×10³⁰⁰`.
  private func power(_ number: Double, _ decimals: Int) -> String {
    guard number.isFinite else { return number < 0 ? "−∞" : "∞" }
    let parts = String(format: "%.\(min(decimals, 12))e", number).split(separator: "e")
    var digits = String(parts[0])
    if self == .automatic, digits.contains(".") {
      while digits.last == "0" { digits.removeLast() }
      if digits.last == "." { digits.removeLast() }
    }
    let exponent = Int(parts[1]) ?? 0
    let raised = String(exponent).map { character -> Character in
      character == "-" ? "⁻" : Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[Int(String(character)) ?? 0]
    }
    return minused(digits) + "×10" + String(raised)
  }

  private func grouped(_ number: Double) -> String {
    guard abs(number) < 1e15 else { return power(number, 2) }
    return NumberText.decimal(number, decimals: 0, gap: ",")
  }

  private func bytes(_ number: Double) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    var value = number
    var unit = 0
    while abs(value) >= 999.5, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return decimal(value, unit == 0 ? 0 : abs(value) < 9.995 ? 2 : 1) + "\u{A0}" + units[unit]
  }

  private func duration(_ seconds: Double) -> String {
    if abs(seconds) < 9.95 { return decimal(seconds, 1) + "\u{A0}s" }
    guard abs(seconds) < 1e15 else { return power(seconds, 2) + "\u{A0}s" }
    var whole = Int(seconds.rounded())
    if abs(whole) < 60 { return minused("\(whole)") + "\u{A0}s" }
    if abs(whole) >= 3600 { whole = Int((seconds / 60).rounded()) * 60 }
    let sign = whole < 0 ? "−" : ""
    let (hours, minutes, rest) = (abs(whole) / 3600, abs(whole) % 3600 / 60, abs(whole) % 60)
    return hours == 0
      ? "\(sign)\(minutes)\u{A0}min\u{A0}\(rest)\u{A0}s"
      : "\(sign)\(groupedDigits("\(hours)", by: ","))\u{A0}h\u{A0}\(minutes)\u{A0}min"
  }
}

private enum NumberText {
  /// Fixed decimals with a true minus sign, none before a zero.
  static func decimal(_ value: Double, decimals: Int, gap: String) -> String {
    signed(String(format: "%.\(decimals)f", abs(value)), isNegative: value < 0, gap: gap)
  }

  /// The same of a hundred times the value.
  static func hundredfold(_ value: Double, decimals: Int) -> String {
    signed(percentDigits(value, decimals: decimals), isNegative: value < 0, gap: "")
  }

  private static func signed(_ text: String, isNegative: Bool, gap: String) -> String {
    let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
    let isZero = parts.allSatisfy { $0.allSatisfy { $0 == "0" } }
    let whole =
      gap == "\u{2009}" && parts[0].count <= 4 ? parts[0] : gap.isEmpty ? parts[0] : groupedDigits(parts[0], by: gap)
    return (isNegative && !isZero ? "−" : "") + whole + (parts.count > 1 ? "." + parts[1] : "")
  }
}
