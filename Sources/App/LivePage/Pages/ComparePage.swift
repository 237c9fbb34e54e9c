import Foundation
import Rendering
import Runs
import Store
import Text

/// Runs beside each other: their curves over each other, what differs in their configurations, and what came out.
struct ComparePage {
  private let runs: [LiveRun]
  private let comparison: RunComparison?

  /// Throws ``StoreError`` and ``RunsError``.
  init(_ names: [String], in store: Store) throws {
    let chosen = try names.map { try store.run(matching: $0) }
    runs = try chosen.map { try LiveRun($0, in: store) }
    comparison = Set(chosen.map(\.id)).count > 1 ? try compare(chosen, in: store) : nil
  }

  var html: String {
    guard let comparison else {
      return PageFrame(
        title: "Compare", section: .compare,
        content: """
          <p>Select two runs or more in the <a href="/">list of runs</a> and press <b>Compare selected runs</b>, or \
          <kbd>x</kbd> on each and then <kbd>c</kbd>.</p>
          """, facts: [("page", "compare")]
      ).html
    }
    let isLive = runs.contains { $0.state == .running || $0.state == .queued }
    let remarks =
      comparison.remarks.isEmpty
      ? "" : "<ul class=\"remarks\">\(comparison.remarks.map { "<li>\(escapedHTML($0))</li>" }.joined())</ul>"
    return PageFrame(
      title: "Compare \(runs.count) runs", section: .compare,
      content: """
        <div id="groups">\(groups(comparison))</div>
        <section id="curves" aria-label="Curves"></section>
        <div id="facts">
        \(parameters(comparison))
        \(metrics(comparison))
        \(agreements(comparison))
        \(remarks)
        </div>
        """,
      facts: [
        ("page", "compare"), ("runs", runs.map(\.run).joined(separator: ",")), ("live", isLive ? "yes" : "no"),
      ]
    ).html
  }

  private func groups(_ comparison: RunComparison) -> String {
    let rows = comparison.groups.flatMap { group in
      group.members.map { member in
        [
          group.letter, "<a href=\"/runs/\(member.run)\">\(escapedHTML(member.trial))</a> <small>\(member.run)</small>",
          "<span data-run=\"\(member.run)\">\(badge(member.state))</span>", escapedHTML(member.seed),
        ]
      }
    }
    return table("Runs of this comparison", head: ["group", "run", "state", "seed"], rows: rows)
  }

  private func parameters(_ comparison: RunComparison) -> String {
    let content =
      comparison.parameters.isEmpty
      ? "<p>\(comparison.groups.count == 1 ? "The configurations differ in the seed alone." : "The configurations do not differ.")</p>"
      : table(
        "Parameters that differ", head: ["parameter"] + comparison.groups.map(\.letter),
        rows: comparison.parameters.map { [escapedHTML($0.key)] + $0.values.map { "<code>\(escapedHTML($0))</code>" } })
    return "<section><h2>Parameters that differ</h2>\n\(content)</section>"
  }

  private func metrics(_ comparison: RunComparison) -> String {
    let others = comparison.groups.dropFirst()
    return "<section><h2>Last values</h2>\n"
      + table(
        "Last values",
        head: ["metric"] + comparison.groups.map(\.letter)
          + others.map { "\($0.letter) − \(comparison.groups[0].letter)" },
        rows: comparison.metrics.map { metric in
          [escapedHTML(metric.name)] + metric.values.map(estimate) + metric.differences.dropFirst().map(estimate)
        }, numbersFrom: 1) + "</section>"
  }

  private func estimate(_ value: RunComparison.Estimate?) -> String {
    guard let value else { return "–" }
    func number(_ value: Double) -> String { value.isFinite ? String(format: "%.5g", value) : "\(value)" }
    guard let low = value.low, let high = value.high else { return number(value.mean) }
    return "\(number(value.mean)) <small>n \(value.count), 95 % \(number(low)) to \(number(high))</small>"
  }

  private func agreements(_ comparison: RunComparison) -> String {
    guard !comparison.agreements.isEmpty else { return "" }
    let rows = comparison.agreements.map { found in
      [
        "\(found.first) and \(found.second)", "\(found.examples)", "\(found.both_right)", "\(found.only_first_right)",
        "\(found.only_second_right)", String(format: found.p < 1e-4 ? "%.2g" : "%.4f", found.p),
      ]
    }
    return "<section><h2>McNemar's test</h2>\n"
      + table(
        "McNemar's test",
        head: ["runs", "images", "both right", "first alone", "second alone", "p"], rows: rows, numbersFrom: 1)
      + "</section>"
  }
}
