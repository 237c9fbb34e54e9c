internal import Foundation

/// The domain of values along an axis, and ticks at round numbers in it.
package struct Axis: Sendable, Hashable {
  package var scale: AxisScale
  package var domain: ClosedRange<Double>
  package var ticks: [Tick]

  package struct Tick: Sendable, Hashable {
    package var value: Double
    package var label: String
  }

  /// Where a value lies between the ends of the axis, 0 to 1 (beyond for values outside); nil for a value that
  /// has no position: not finite, or not above zero on a logarithmic axis.
  package func fraction(_ value: Double) -> Double? {
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

  /// Of their size, closer than which two values are taken for one; their ticks could not be distinguished.
  private static let precision = 1e-12

  /// How an axis takes its ends from the data.
  package enum Ends: Sendable, Hashable {
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
  ///   - count: about how many steps fit.
  ///   - wholeNumbers: no steps below one, wherever two whole numbers lie on the axis (epochs).
  ///   - format: how numbers at the ticks are written.
  package static func linear(
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
    // A range of nothing, or of less than can be distinguished, is widened about its middle.
    if high - low < max(abs(low), abs(high)) * precision || high - low < 1e-290 {
      let middle = low / 2 + high / 2
      let half = wholeNumbers && abs(middle) < 1e9 ? 1 : abs(middle) * 0.1
      (low, high) = abs(middle) < 1e-280 ? (0, 1) : (middle - half, middle + half)
    }
    let isWhole = wholeNumbers && high.rounded(.down) - low.rounded(.up) >= 1
    let step = Step.over((high - low) / Double(max(count, 1)), wholeNumbers: isWhole)
    // A little slack: an end that is a tick but for the last bit is that tick.
    let first = ends == .ticks ? (low / step.value + 1e-9).rounded(.down) : (low / step.value - 1e-9).rounded(.up)
    let last = ends == .ticks ? (high / step.value - 1e-9).rounded(.up) : (high / step.value + 1e-9).rounded(.down)
    let ticks = last < first ? [] : stride(from: first, through: last, by: 1).map(step.multiple)
    if ends == .ticks, let least = ticks.first, let most = ticks.last, most > least {
      (low, high) = (least, most)
    }
    let labels = tickLabels(ticks, step: step, format: format)
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

  /// A logarithmic axis over values above zero.
  ///
  /// Ticks at powers of ten, with 2 and 5 between them where there are few decades, and at steps of a linear axis where
  /// the range is a part of one; the domain runs from tick to tick, or from a tick to the largest value (`ends` of
  /// `.data`), unless fixed.
  ///
  /// - Parameters:
  ///   - range: nil where there is no value, for an axis from 1 to 10.
  ///   - ends: where the domain ends.
  ///   - count: about how many steps fit.
  ///   - opensBelow: the domain starts below the smallest value even if that is a round number (for bars).
  ///   - format: how numbers at the ticks are written.
  package static func logarithmic(
    over range: ClosedRange<Double>?, ends: Ends = .ticks, steps count: Int = 5, opensBelow: Bool = false,
    format: NumberFormat = .automatic
  ) -> Axis {
    let bounds = 1e-290...largest
    let low = min(max(range?.lowerBound ?? 1, bounds.lowerBound), bounds.upperBound)
    let high = min(max(range?.upperBound ?? 10, bounds.lowerBound), bounds.upperBound)
    if !opensBelow, high <= 3 * low, high > low * (1 + precision) {
      var axis = linear(over: low...high, ends: ends, steps: count, format: format)
      axis.scale = .logarithmic
      if axis.domain.lowerBound > 0 { return axis }
    }
    let (firstDecade, lastDecade) = (Int(log10(low).rounded(.down)) - 1, Int(log10(high).rounded(.up)) + 1)
    let decades = log10(high) - log10(low)
    let stride = max(1, Int((decades / Double(max(count, 1))).rounded(.up)))
    let mantissas: [Double] = decades <= Double(max(count, 3)) / 3 ? [1, 2, 5] : [1]
    var candidates: [(value: Double, exponent: Int)] = []
    let alignedFirst = Int((Double(firstDecade) / Double(stride)).rounded(.down)) * stride
    for decade in Swift.stride(from: alignedFirst, through: lastDecade + stride, by: stride) {
      candidates += mantissas.map { (NumberFormat.scaled($0, by: decade), decade) }
        .filter { $0.0 > 0 && $0.0.isFinite }
    }
    let slack = 1 + 1e-9
    var domain = low...high
    if ends != .fixed || !(high > low * slack) {
      let values = candidates.map(\.value)
      var least = values.last { opensBelow ? $0 * slack < low : $0 <= low * slack } ?? low
      var most = values.first { $0 * slack >= high } ?? high
      if !(most > least * slack) {
        least = values.last { $0 * slack < low } ?? low / 10
        most = values.first { $0 > high * slack } ?? high * 10
      }
      domain = least...(ends == .data && high > least * slack ? high : most)
    }
    let ticks = candidates.filter { $0.value * slack >= domain.lowerBound && $0.value <= domain.upperBound * slack }
    return Axis(
      scale: .logarithmic, domain: domain,
      ticks: ticks.map {
        Tick(value: $0.value, label: decadeLabel($0.value, exponent: $0.exponent, format: format))
      })
  }
}
