import Foundation

/// The number to ten significant digits: what comes out of `exp`, `log` and `lgamma` differs in its last bits from one
/// machine's mathematics library to the next, and a report has to come out the same on both.
func settled(_ value: Double) -> Double {
  guard value.isFinite, value != 0 else { return value }
  return Double(String(format: "%.10g", value)) ?? value
}

/// The probability below the upper bound of an interval of that level; below 1 however near the level comes to it.
func upperPoint(_ level: Double) -> Double {
  precondition(level > 0 && level < 1, "level \(level)")
  return min(0.5 + level / 2, 1.0.nextDown)
}
