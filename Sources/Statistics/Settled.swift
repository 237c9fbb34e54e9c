import Foundation

/// The number to ten significant digits: what comes out of `exp`, `log` and `lgamma` differs in its last bits from one
/// machine's mathematics library to the next, and a report has to come out the same on both.
func settled(_ value: Double) -> Double {
  guard value.isFinite, value != 0 else { return value }
  return Double(String(format: "%.10g", value)) ?? value
}
