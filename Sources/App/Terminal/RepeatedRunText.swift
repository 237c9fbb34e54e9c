public import Scheduling
import Text

extension RepeatedRun {
  /// For people.
  public var text: String {
    let name = "run \(run) (\(trial))"
    guard let comparison else {
      return printable("\(name): not repeated, the repetition is \(state)\(cause.map { ": \($0)" } ?? "")")
    }
    func word(_ identical: Bool?) -> String { identical.map { $0 ? "identical" : "DIFFERENT" } ?? "none kept" }
    var lines = [
      "\(name): \(comparison.isIdentical ? "the repetition is identical" : "the repetition DIFFERS")",
      "  metric rows    \(Quantity.grouped(comparison.metric_rows)), \(Quantity.grouped(comparison.rows_different)) different",
      "  weights        \(word(comparison.weights_identical))",
      "  predictions    \(word(comparison.predictions_identical))",
      "  test accuracy  \(test_accuracy.map { Quantity.fixed($0, 4) }.joined(separator: " and "))",
    ]
    if was_complete { lines.append("  repetition     was complete before; nothing was trained now") }
    if let first = comparison.first_difference { lines.append("  first          \(first)") }
    if !comparison.isIdentical, !remarks.isEmpty { lines += remarks.map { "  changed        \($0)" } }
    return lines.map { printable($0) }.joined(separator: "\n")
  }
}
