internal import Foundation

extension Axis {
  /// Labels of ticks that are multiples of a step: all digits in which they can differ and no more, so that no two are
  /// alike.
  static func tickLabels(_ ticks: [Double], step: Step, format: NumberFormat) -> [String] {
    let largest = ticks.map(abs).max() ?? 0
    guard largest > 0 else { return ticks.map { _ in format.isPercent ? "0" + NumberFormat.thinSpace + "%" : "0" } }
    // Significant digits that the largest tick needs to be written exactly.
    let digits = max(1, Int(log10(largest).rounded(.down)) - step.exponent + 1)
    if format.isPercent {
      return ticks.map { percentLabel($0, decimals: max(0, -step.exponent - 2), digits: digits) }
    }
    if largest >= 1e5, largest < 1e18, digits <= 3 { return ticks.map { NumberFormat.prefixed($0, digits: 3) } }
    if format == .si, largest >= 1000, largest < 1e18, digits <= 6 {
      return ticks.map { NumberFormat.prefixed($0, digits: digits) }
    }
    let decimals = max(0, -step.exponent)
    if largest >= 1e15 || largest < 1e-4 || decimals > 12 {
      return ticks.map { NumberFormat.scientific($0, digits: digits) }
    }
    return ticks.map { NumberFormat.decimal($0, decimals: decimals) }
  }

  private static func percentLabel(_ value: Double, decimals: Int, digits: Int) -> String {
    let percent = value * 100
    let isPlain = decimals <= 9 && abs(percent) < 1e15
    return
      (isPlain
      ? NumberFormat.decimal(percent, decimals: decimals) : NumberFormat.scientific(percent, digits: digits))
      + NumberFormat.thinSpace + "%"
  }

  /// The label of a tick with one significant digit at 10^exponent.
  static func decadeLabel(_ value: Double, exponent: Int, format: NumberFormat) -> String {
    if format.isPercent { return percentLabel(value, decimals: max(0, -exponent - 2), digits: 1) }
    if exponent >= 15 || exponent < -4 { return NumberFormat.scientific(value, digits: 1) }
    if exponent >= 5 { return NumberFormat.prefixed(value, digits: 3) }
    return NumberFormat.decimal(value, decimals: max(0, -exponent))
  }
}

extension NumberFormat {
  var isPercent: Bool {
    if case .percent = self { true } else { false }
  }
}
