import Foundation
import Plots
import Store

/// How a value of a query is written.
enum ValueFormat: Sendable, Hashable {
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

  init?(_ source: String) {
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
      guard let decimals = rest.isEmpty ? nil ?? (name == "ratio" ? 2 : 1) : Int(rest), (0...6).contains(decimals)
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

  static let names = "%.2f, %d, grouped, percent, points, ratio, bytes, duration, text"

  func text(_ value: SQLValue) -> String {
    guard let number = value.number, self != .text else { return value == .null ? "–" : value.plainText }
    guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "−∞" : "∞" }
    switch self {
    case .automatic: return NumberFormat.automatic.text(number)
    case .fixed(let decimals): return signed(String(format: "%.\(decimals)f", number))
    case .grouped: return grouped(number.rounded())
    case .percent(let decimals): return signed(String(format: "%.\(decimals)f", number * 100)) + "\u{A0}%"
    case .points(let decimals):
      return (number > 0 ? "+" : "") + signed(String(format: "%.\(decimals)f", number * 100)) + "\u{A0}pt"
    case .ratio(let decimals): return signed(String(format: "%.\(decimals)f", number)) + "×"
    case .bytes: return bytes(number)
    case .duration: return duration(number)
    case .text: return value.plainText
    }
  }

  private func signed(_ text: String) -> String { text.replacing("-", with: "−") }

  private func grouped(_ number: Double) -> String {
    guard abs(number) < 1e18 else { return signed("\(number)") }
    let digits = String(Int(abs(number)))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return number < 0 ? "−" + text : text
  }

  private func bytes(_ number: Double) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = number
    var unit = 0
    while abs(value) >= 999.5, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return signed(String(format: unit == 0 ? "%.0f" : abs(value) < 9.995 ? "%.2f" : "%.1f", value)) + "\u{A0}"
      + units[unit]
  }

  private func duration(_ seconds: Double) -> String {
    if abs(seconds) < 9.95 { return signed(String(format: "%.1f", seconds)) + "\u{A0}s" }
    guard abs(seconds) < 1e15 else { return signed("\(seconds)") + "\u{A0}s" }
    let whole = Int(seconds.rounded())
    if abs(whole) < 60 { return signed("\(whole)") + "\u{A0}s" }
    if abs(whole) < 3600 { return signed("\(whole / 60)") + "\u{A0}min\u{A0}\(abs(whole) % 60)\u{A0}s" }
    return signed("\(whole / 3600)") + "\u{A0}h\u{A0}\(abs(whole) % 3600 / 60)\u{A0}min"
  }
}
