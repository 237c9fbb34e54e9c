internal import Foundation

/// The domain of values along an axis, and ticks at round numbers in it.
public struct Axis: Sendable, Hashable {
  public var scale: AxisScale
  public var domain: ClosedRange<Double>
  public var ticks: [Tick]

  public struct Tick: Sendable, Hashable {
    public var value: Double
    public var label: String

    public init(value: Double, label: String) {
      self.value = value
      self.label = label
    }
  }

  /// Where a value lies between the ends of the axis, 0 to 1 (beyond for values outside); nil for a value that
  /// has no place: not finite, or not above zero on a logarithmic axis.
  public func fraction(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    switch scale {
    case .linear:
      let bounded = min(max(value, -Self.largest), Self.largest)
      return (bounded - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    case .logarithmic:
      guard value > 0 else { return nil }
      let low = log10(domain.lowerBound)
      return (log10(value) - low) / (log10(domain.upperBound) - low)
    }
  }

  /// Beyond this size values are drawn as if they had it, so that no sum of two overflows.
  private static let largest = 1e300

  /// How an axis takes its ends from the data.
  public enum Ends: Sendable, Hashable {
    /// The domain is exactly as given.
    case fixed
    /// Widened to the ticks around the data.
    case ticks
    /// As the data has it; zero joins where it is near.
    case data
  }

  /// A linear axis over values, with steps of 1, 2, 2.5 or 5 times a power of ten.
  ///
  /// - Parameters:
  ///   - range: the smallest and largest value; nil where there is none, for an axis from 0 to 1.
  ///   - ends: unless fixed, zero joins a range that lies near it.
  ///   - count: about how many steps there is room for.
  ///   - wholeNumbers: no steps below one where the range is two or longer (epochs).
  public static func linear(
    over range: ClosedRange<Double>?, ends: Ends = .ticks, steps count: Int = 5, wholeNumbers: Bool = false,
    format: NumberFormat = .automatic
  ) -> Axis {
    var (low, high) = (range?.lowerBound ?? 0, range?.upperBound ?? 1)
    low = min(max(low, -largest), largest)
    high = min(max(high, -largest), largest)
    if ends != .fixed, high > low {
      if low > 0, low <= 0.35 * high { low = 0 }
      if high < 0, high >= 0.35 * low { high = 0 }
    }
    // A range of nothing, or of less than the numbers' own precision, is widened about its middle.
    if high - low < max(abs(low), abs(high)) * 1e-9 || high - low < 1e-290 {
      let middle = low / 2 + high / 2
      if abs(middle) < 1e-280 {
        (low, high) = (0, 1)
      } else {
        (low, high) = (middle - abs(middle) * 0.1, middle + abs(middle) * 0.1)
      }
    }
    let step = Step.over((high - low) / Double(max(count, 1)), wholeNumbers: wholeNumbers && high - low >= 2)
    // A little slack: an end that is a tick but for the last bit is that tick.
    let first = ends == .ticks ? (low / step.value + 1e-9).rounded(.down) : (low / step.value - 1e-9).rounded(.up)
    let last = ends == .ticks ? (high / step.value - 1e-9).rounded(.up) : (high / step.value + 1e-9).rounded(.down)
    let ticks = last < first ? [] : stride(from: first, through: last, by: 1).map(step.multiple)
    if ends == .ticks, let least = ticks.first, let most = ticks.last, most > least {
      (low, high) = (least, most)
    }
    let labels = Self.labels(ticks, step: step, format: format)
    return Axis(
      scale: .linear, domain: low...high, ticks: zip(ticks, labels).map { Tick(value: $0, label: $1) })
  }

  /// A step of mantissa · 10^exponent with a mantissa of 1, 2, 5 or 25.
  struct Step {
    var mantissa: Double
    var exponent: Int

    var value: Double { NumberFormat.scaled(mantissa, by: exponent) }

    /// The step's multiple, rounded once, so that it is the double nearest to its decimal text.
    func multiple(_ count: Double) -> Double {
      count == 0 ? 0 : NumberFormat.scaled(count * mantissa, by: exponent)
    }

    /// The smallest step that is not below `length`.
    static func over(_ length: Double, wholeNumbers: Bool) -> Step {
      let decade = Int(log10(length).rounded(.down))
      let candidates = [decade - 1, decade, decade + 1].flatMap { exponent in
        [(1.0, exponent), (2, exponent), (25, exponent - 1), (5, exponent)].map { Step(mantissa: $0.0, exponent: $0.1) }
      }
      let allowed = candidates.filter { !wholeNumbers || $0.exponent >= 0 }
      return allowed.first { $0.value >= length * (1 - 1e-9) } ?? Step(mantissa: 1, exponent: max(decade + 1, 0))
    }
  }

  private static func labels(_ ticks: [Double], step: Step, format: NumberFormat) -> [String] {
    let largest = ticks.map(abs).max() ?? 0
    switch format {
    case .percent:
      let decimals = max(0, -step.exponent - 2)
      return ticks.map { NumberFormat.decimal($0 * 100, decimals: decimals) + NumberFormat.thinSpace + "%" }
    case .si where largest >= 1000: return ticks.map(format.text)
    case .automatic, .fixed, .thousands, .si: break
    }
    let decimals = max(0, -step.exponent)
    if largest >= 1e15 || decimals > 6 || largest < 1e-4 {
      return ticks.map(NumberFormat.scientific)
    }
    // Large numbers with a prefix, if they all can be written so with at most two decimals.
    if largest >= 1e5, step.exponent >= (largest >= 1e9 ? 7 : largest >= 1e6 ? 4 : 1) {
      return ticks.map(NumberFormat.si.text)
    }
    return ticks.map { NumberFormat.decimal($0, decimals: decimals) }
  }

  /// A logarithmic axis over values above zero.
  ///
  /// Ticks at powers of ten, with 2 and 5 between them where there are few decades; the domain runs from tick to
  /// tick, or from a tick to the largest value (`ends` of `.data`), unless fixed.
  ///
  /// - Parameters:
  ///   - range: nil where there is no value, for an axis from 1 to 10.
  ///   - opensBelow: the domain starts below the smallest value even if that is a round number (for bars).
  public static func logarithmic(
    over range: ClosedRange<Double>?, ends: Ends = .ticks, steps count: Int = 5, opensBelow: Bool = false,
    format: NumberFormat = .automatic
  ) -> Axis {
    let bounds = 1e-290...largest
    let low = min(max(range?.lowerBound ?? 1, bounds.lowerBound), bounds.upperBound)
    let high = min(max(range?.upperBound ?? 10, bounds.lowerBound), bounds.upperBound)
    let (firstDecade, lastDecade) = (Int(log10(low).rounded(.down)) - 1, Int(log10(high).rounded(.up)) + 1)
    let decades = log10(high) - log10(low)
    let stride = max(1, Int((decades / Double(max(count, 1))).rounded(.up)))
    let mantissas: [Double] = decades <= Double(max(count, 3)) / 3 ? [1, 2, 5] : [1]
    var candidates: [Double] = []
    let alignedFirst = Int((Double(firstDecade) / Double(stride)).rounded(.down)) * stride
    for decade in Swift.stride(from: alignedFirst, through: lastDecade + stride, by: stride) {
      candidates += mantissas.map { NumberFormat.scaled($0, by: decade) }.filter { $0 > 0 && $0.isFinite }
    }
    let slack = 1 + 1e-9
    var domain = low...high
    if ends != .fixed || !(high > low * slack) {
      var least = candidates.last { opensBelow ? $0 * slack < low : $0 <= low * slack } ?? low
      var most = candidates.first { $0 * slack >= high } ?? high
      if !(most > least * slack) {
        least = candidates.last { $0 * slack < low } ?? low / 10
        most = candidates.first { $0 > high * slack } ?? high * 10
      }
      domain = least...(ends == .data && high > least * slack ? high : most)
    }
    let ticks = candidates.filter { $0 * slack >= domain.lowerBound && $0 <= domain.upperBound * slack }
    return Axis(
      scale: .logarithmic, domain: domain,
      ticks: ticks.map { Tick(value: $0, label: logarithmicLabel($0, format: format)) })
  }

  private static func logarithmicLabel(_ value: Double, format: NumberFormat) -> String {
    if case .percent = format { return NumberFormat.percent(value < 0.01 ? 2 : 0).text(value) }
    if value >= 1e15 || value < 1e-3 { return NumberFormat.scientific(value) }
    return value >= 1e5 ? NumberFormat.si.text(value) : value >= 1 ? NumberFormat.thousands.text(value) : trimmed(value)
  }

  private static func trimmed(_ value: Double) -> String {
    var text = NumberFormat.decimal(value, decimals: 3)
    while text.hasSuffix("0") { text.removeLast() }
    return text
  }
}
