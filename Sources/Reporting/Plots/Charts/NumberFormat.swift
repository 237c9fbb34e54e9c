internal import Foundation
internal import Text

/// How a number is written beside a bar or at the end of a line.
///
/// Negative numbers have a true minus sign, groups of thousands a thin space. Coded as its name, with the
/// number of decimals after a space where there is one: `"automatic"`, `"fixed 2"`.
public enum NumberFormat: Sendable, Hashable {
  /// Three significant digits, all digits of whole numbers and thousands, powers of ten for the very small and large;
  /// numbers that have fewer digits (0.5, 0.005) as they are written.
  case automatic
  /// Always so many decimals, grouped thousands.
  case fixed(Int)
  /// Whole numbers, grouped thousands: 1 234 567.
  case thousands
  /// Three significant digits and a prefix: 43.1 M.
  case si
  /// Of a fraction: 0.934 is 93.4 % with one decimal.
  case percent(Int)

  /// The number's text.
  public func text(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "\u{2212}∞" : "∞" }
    switch self {
    case .automatic: return Self.automaticText(value)
    case .fixed(let decimals): return Self.bounded(value) { Self.decimal($0, decimals: decimals) }
    case .thousands: return Self.bounded(value) { Self.decimal($0, decimals: 0) }
    case .si: return Self.prefixed(value, digits: 3)
    case .percent(let decimals):
      return Self.bounded(value * 100) { _ in
        Self.spaced(percentDigits(value, decimals: decimals), isNegative: value < 0) + Self.thinSpace + "%"
      }
    }
  }

  package static let thinSpace = "\u{2009}"
  package static let minus = "\u{2212}"

  private static func automaticText(_ value: Double) -> String {
    let size = abs(value)
    if size == 0 { return "0" }
    if size >= 1e15 || size < 1e-4 { return scientific(value) }
    if size >= 1000 || value == value.rounded() { return decimal(value, decimals: 0) }
    let text = decimal(value, decimals: decimals(size))
    let short = withoutZeros(text)
    // A number that was written with fewer digits is that number but for the last bits, and not one rounded to it.
    let written = Double(short.replacing(minus, with: "-")) ?? .nan
    return abs(written - value) <= size * 1e-12 ? short : text
  }

  /// Decimals that give a size below a thousand three significant digits.
  package static func decimals(_ size: Double) -> Int {
    size == 0 ? 0 : max(0, 2 - Int(log10(size).rounded(.down)))
  }

  /// A format for numbers that are read beside each other: the most decimals that one of them needs, if that makes
  /// none of them long.
  package static func automatic(for values: [Double]) -> NumberFormat {
    let sizes = values.lazy.filter(\.isFinite).map(abs)
    let isWhole = values.allSatisfy { $0 == $0.rounded() }
    guard !isWhole, sizes.allSatisfy({ $0 < 1000 }), let most = sizes.map(decimals).max(), most <= 4 else {
      return .automatic
    }
    return .fixed(most)
  }

  /// Powers of ten for numbers that have no readable decimal text.
  private static func bounded(_ value: Double, _ text: (Double) -> String) -> String {
    abs(value) < 1e15 ? text(value) : value.isFinite ? scientific(value) : (value < 0 ? minus : "") + "∞"
  }

  /// Fixed decimals, grouped thousands, true minus sign, no negative zero.
  package static func decimal(_ value: Double, decimals: Int) -> String {
    spaced(String(format: "%.\(min(max(decimals, 0), 20))f", abs(value)), isNegative: value < 0)
  }

  private static func spaced(_ plain: String, isNegative: Bool) -> String {
    let parts = plain.split(separator: ".", maxSplits: 1)
    var grouped = parts[0].count > 4 ? groupedDigits(String(parts[0]), by: thinSpace) : String(parts[0])
    if parts.count == 2 { grouped += "." + parts[1] }
    let isZero = plain.allSatisfy { $0 == "0" || $0 == "." }
    return (isNegative && !isZero ? minus : "") + grouped
  }

  /// Up to so many significant digits (at most 17) times a power of ten: 2.5×10⁻⁷.
  package static func scientific(_ value: Double, digits: Int = 3) -> String {
    guard value != 0 else { return "0" }
    let parts = String(format: "%.\(min(max(digits, 1), 17) - 1)e", abs(value)).split(separator: "e")
    var mantissa = String(parts[0])
    if mantissa.contains(".") { mantissa = withoutZeros(mantissa) }
    let exponent = Int(parts[1]) ?? 0
    let superscripts = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let power = (exponent < 0 ? "⁻" : "") + String(String(abs(exponent)).map { superscripts[$0.wholeNumberValue ?? 0] })
    return (value < 0 ? minus : "") + (mantissa == "1" ? "" : mantissa + "×") + "10" + power
  }

  private static let prefixes: [(exponent: Int, symbol: String)] = [
    (15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k"), (0, ""), (-3, "m"), (-6, "µ"), (-9, "n"),
  ]

  /// Up to so many significant digits and a prefix: 43.1 M.
  package static func prefixed(_ value: Double, digits: Int) -> String {
    guard value != 0 else { return "0" }
    // Rounded first, so that 999.9 becomes 1 k and not 1000.
    guard let rounded = Double(String(format: "%.\(max(digits, 1) - 1)e", value)), abs(rounded) < 1e18,
      abs(rounded) >= 1e-9
    else { return scientific(value, digits: digits) }
    let exponent = Int(log10(abs(rounded)).rounded(.down))
    let prefix = prefixes.first { $0.exponent <= exponent } ?? prefixes[prefixes.count - 1]
    let shown = scaled(rounded, by: -prefix.exponent)
    let text = withoutZeros(decimal(shown, decimals: max(0, digits - 1 - (exponent - prefix.exponent))))
    return prefix.symbol.isEmpty ? text : text + thinSpace + prefix.symbol
  }

  /// A decimal number without zeros at its end.
  package static func withoutZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// value · 10^exponent with one rounding for the exponents that are exact powers.
  package static func scaled(_ value: Double, by exponent: Int) -> Double {
    exponent < 0 ? value / pow(10, Double(-exponent)) : value * pow(10, Double(exponent))
  }
}

extension NumberFormat: Codable {
  /// Reads the format's name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let words = try container.decode(String.self).split(separator: " ")
    switch (words.first, words.count == 2 ? Int(words[1]) : nil, words.count) {
    case ("automatic", _, 1): self = .automatic
    case ("thousands", _, 1): self = .thousands
    case ("si", _, 1): self = .si
    case ("fixed", let decimals?, 2) where (0...12).contains(decimals): self = .fixed(decimals)
    case ("percent", let decimals?, 2) where (0...12).contains(decimals): self = .percent(decimals)
    default:
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "a number format is automatic, thousands, si, fixed N or percent N (N: 0 to 12 decimals)")
    }
  }

  /// Writes the format's name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .automatic: try container.encode("automatic")
    case .thousands: try container.encode("thousands")
    case .si: try container.encode("si")
    case .fixed(let decimals): try container.encode("fixed \(decimals)")
    case .percent(let decimals): try container.encode("percent \(decimals)")
    }
  }
}
