import Rendering
import Journals
import Store

extension StoreEvidence {
  /// Where the rows say an accuracy twice and not alike, as sentences: the final test accuracy of a run, and which images it
  /// classified correctly.
  var contradictions: [String] {
    guard let predictions = table("prediction")?.dictionaries, !predictions.isEmpty else { return [] }
    let finals = accuracies("final_metric")
    let measured = accuracies("metric")
    return predictions.flatMap { row -> [String] in
      guard case .text(let run)? = row["run"], case .integer(let examples)? = row["examples"], examples > 0,
        case .text(let correct)? = row["correct"]
      else { return [] }
      let count = PredictionsRecord(examples: Int(examples), correct: correct).correctCount
      let right = Double(count) / Double(examples)
      let found = [finals[run], measured[run]].compactMap { $0 }.filter { !(abs($0.value - right) <= 1e-9) }
      return found.prefix(1).map {
        "the test accuracy of run \(run) is \($0.value), and its predictions give \(right) (\(count) of \(examples) images)"
      }
    }
  }

  /// The last test accuracy by run.
  private func accuracies(_ name: String) -> [String: (step: Int64, attempt: Int64, value: Double)] {
    var last: [String: (step: Int64, attempt: Int64, value: Double)] = [:]
    for row in table(name)?.dictionaries ?? [] where row["name"] == .text(MetricName.testAccuracy.rawValue) {
      guard case .text(let run)? = row["run"], case .integer(let step)? = row["step"],
        case .integer(let attempt)? = row["attempt"]
      else { continue }
      let value: Double =
        switch row["value"] {
        case .real(let value)?: value
        case .integer(let value)?: Double(value)
        default: .nan
        }
      if let known = last[run], (known.step, known.attempt) > (step, attempt) { continue }
      last[run] = (step, attempt, value)
    }
    return last
  }
}

extension EvidenceTable {
  /// The rows by their columns' names.
  fileprivate var dictionaries: [[String: SQLValue]] {
    rows.map { Dictionary(zip(columns, $0), uniquingKeysWith: { one, _ in one }) }
  }
}
