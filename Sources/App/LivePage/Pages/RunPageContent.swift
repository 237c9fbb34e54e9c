import Configurations
import Foundation
import Journals
import Rendering
import Runs
import Store
import Text

/// Everything about one run.
struct RunPageContent {
  private let run: LiveRun
  private let facts: RunDetails
  private let question: String?
  private let log: String

  /// Lines of the log that are shown.
  private static let logLines = 200

  /// Throws ``StoreError``.
  init(_ run: RunSummary, in store: Store, folder: String) throws(StoreError) {
    self.run = try LiveRun(run, in: store)
    facts = try details(of: run, in: store)
    question = try store.question(experiment: run.experiment)
    log = logTail(store: folder, run: run.id).text
  }

  private var isLive: Bool { run.state == .running || run.state == .queued }

  var html: String {
    PageFrame(
      title: run.trial, section: .runs,
      content: [head, progress, curves, "<div id=\"facts\">\n\(sections)\n</div>", logSection].joined(separator: "\n"),
      facts: [("page", "run"), ("runs", run.run), ("live", isLive ? "yes" : "no")]
    ).html
  }

  private var head: String {
    let removed = facts.removed_at.map { "<span class=\"badge gone\">removed \(minute($0))</span>" } ?? ""
    let asked = question.map { "<p class=\"subtitle\">\(escapedHTML($0))</p>" } ?? ""
    let cause = facts.cause.map { "<p class=\"cause\">\(escapedHTML($0))</p>" } ?? ""
    return """
      \(asked)
      <p class="about">\(badge(run.state)) \(removed) run <code>\(run.run)</code> of experiment \
      <a href="/?experiment=\(encoded(run.experiment))">\(escapedHTML(run.experiment))</a>\
      \(run.profile.map { ", profile \(escapedHTML($0))" } ?? "")\(run.author.map { ", by \(escapedHTML($0))" } ?? "")</p>
      \(cause)
      """
  }

  private var progress: String {
    guard isLive else { return "" }
    return """
      <p class="progress"><progress id="progress" max="1" value="\(run.progress?.share ?? 0)" aria-label="Part that is done"></progress>
      <span id="left">epoch \(Quantity.fixed(run.progress?.epoch ?? 0, 2)) of \(run.epochs)\
      \(run.progress?.seconds_left.map { ", about \(Quantity.duration($0)) left" } ?? "")</span></p>
      """
  }

  private var curves: String {
    """
    <section id="curves" aria-label="Curves"><noscript><p>The curves are drawn by a script; their last values are below, and \
    <a href="/api/runs/\(run.run)/curves">all of them as JSON</a>.</p></noscript></section>
    """
  }

  private var sections: String {
    var parts: [String] = []
    if !facts.metrics.isEmpty {
      parts.append(
        section(
          "Last values",
          table(
            "Last values", head: ["metric", "value"],
            rows: facts.metrics.sorted { $0.key < $1.key }.map { [escapedHTML($0.key), number($0.value)] },
            numbersFrom: 1)))
    }
    if !facts.epoch_rates.isEmpty { parts.append(section("Timing", timing)) }
    parts.append(section("Configuration", configuration))
    parts.append(section("Attempts", attempts))
    if !facts.events.isEmpty {
      parts.append(
        section(
          "Events",
          table(
            "Events", head: ["when (UTC)", "attempt", "kind", "message"],
            rows: facts.events.map {
              [minute($0.at), "\($0.attempt)", escapedHTML($0.kind), escapedHTML($0.message)]
            })))
    }
    if !facts.artifacts.isEmpty {
      parts.append(
        section(
          "Files",
          table(
            "Files", head: ["name", "path", "size", "SHA-256"],
            rows: facts.artifacts.map {
              [
                escapedHTML($0.name), "<code>\(escapedHTML($0.path))</code>", Quantity.bytes($0.bytes),
                "<code>\(escapedHTML(String($0.digest.prefix(16))))…</code>",
              ]
            })))
    }
    if !facts.notes.isEmpty || !facts.tags.isEmpty {
      let tags = facts.tags.isEmpty ? "" : "<p>Tags: \(facts.tags.map(escapedHTML).joined(separator: ", "))</p>"
      parts.append(
        section(
          "Notes", tags + facts.notes.map { "<p>\(minute($0.at)): \(escapedHTML($0.text))</p>" }.joined(separator: "\n")
        ))
    }
    return parts.joined(separator: "\n")
  }

  /// From how many epochs the rate can be taken, and each one's.
  private var timing: String {
    let rates = facts.epoch_rates
    let isCost = facts.metrics[MetricName.stepSeconds.rawValue] != nil
    let sentence = timingSentence(
      timed: rates.count, disturbed: rates.count { $0.disturbed != nil }, unit: isCost ? "measurement" : "epoch")
    let rows = rates.map {
      [
        Quantity.fixed($0.epoch, 0), Quantity.fixed($0.examples_per_second, 1),
        $0.disturbed.map { "disturbed (\(escapedHTML($0)))" } ?? "",
      ]
    }
    return "<p>Rates: \(escapedHTML(sentence)).</p>\n"
      + table("Timing", head: [isCost ? "steps" : "epoch", "images/s", "disturbance"], rows: rows)
  }

  private var configuration: String {
    let usual = Dictionary(facts.differences.map { ($0.key, $0.default) }) { first, _ in first }
    let reduced = Dictionary(facts.reductions.map { ($0.key, $0.full) }) { first, _ in first }
    let rows = configurationFields(facts.configuration).sorted { $0.key < $1.key }.map { key, value in
      let full = reduced[key].map { "the profile changed it from \(escapedHTML($0))" }
      // The experiment's first trial without a profile often has what the profile changed.
      let other = usual[key].flatMap {
        $0 == reduced[key] ? nil : "the experiment's first trial has \(escapedHTML($0))"
      }
      return [
        escapedHTML(key), "<code>\(escapedHTML(value))</code>",
        [full, other].compactMap(\.self).joined(separator: "; "),
      ]
    }
    let network = [
      facts.arch.map(escapedHTML), facts.parameters.map { "\(Quantity.grouped($0)) parameters" },
      run.input.map { "input \(escapedHTML($0))" },
    ].compactMap(\.self).joined(separator: ", ")
    return (network.isEmpty ? "" : "<p>\(network)</p>\n")
      + table("Configuration", head: ["key", "value", "differs"], rows: rows)
  }

  private var attempts: String {
    table(
      "Attempts", head: ["attempt", "started (UTC)", "time", "machine", "program", "end"],
      rows: facts.attempts.map { attempt in
        let source = attempt.git_commit.map { " commit <code>\(escapedHTML(String($0.prefix(10))))</code>" } ?? ""
        let end =
          attempt.exit_cause
          ?? (attempt.exit_code.map { "exit code \($0)" } ?? attempt.exit_signal.map { "signal \($0)" } ?? "")
        return [
          "\(attempt.attempt)", minute(attempt.started_at), Quantity.duration(attempt.seconds),
          escapedHTML("\(attempt.host), \(attempt.cpu), \(attempt.threads) of \(attempt.cores) cores"),
          "\(escapedHTML("\(attempt.vgglab_version), \(attempt.kernels) kernels"))\(source)", escapedHTML(end),
        ]
      })
  }

  private var logSection: String {
    let lines = log.split(separator: "\n", omittingEmptySubsequences: false).suffix(Self.logLines)
    return section(
      "Log",
      "<pre id=\"log\" tabindex=\"0\" role=\"region\" aria-label=\"End of the log\">\(escapedHTML(lines.joined(separator: "\n")))</pre>"
    )
  }

  private func section(_ title: String, _ content: String) -> String {
    "<section><h2>\(title)</h2>\n\(content)</section>"
  }

  private func number(_ value: Double) -> String { value.isFinite ? String(format: "%.6g", value) : "\(value)" }
}
