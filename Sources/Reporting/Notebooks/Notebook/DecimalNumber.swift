import PositionedYAML

/// A number of an option, decimal as everywhere; nil for all else, hexadecimal numbers and infinities too.
package func decimalNumber(_ text: String) -> Double? {
  do throws(NumberText.Complaint) { return try NumberText(text: text, plain: true).number() } catch { return nil }
}
