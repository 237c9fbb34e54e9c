import Configurations
import Foundation
import Journals
public import Runs
import Statistics
public import Store
import Text

/// Runs as text for people.
public enum RunTexts {
  /// A line a run with the columns that were asked for.
  public static func list(_ runs: [RunSummary], columns: [RunColumn], in store: Store) throws -> String {
    guard !runs.isEmpty else { return "no runs" }
    var table = TextTable(columns.map { ($0.name, $0.isNumber ? .right : .left) })
    for row in try store.values(of: columns, for: runs) { table.add(row.map(cell)) }
    return table.text
  }

  /// A value of SQL for people.
  private static func cell(_ value: SQLValue) -> String {
    switch value {
    case .null: "–"
    case .real(let number) where number.isFinite: String(format: "%.6g", number)
    default: value.plainText
    }
  }

  /// A line a group of runs that have the same values in some columns.
  public static func groups(
    _ groups: [RunGroup], by columns: [RunColumn], look: OutputStyle = .plain
  ) -> String {
    guard !groups.isEmpty else { return "no runs" }
    var table = FittedTable(
      columns.map { .init($0.name, $0.isNumber ? .right : .left, shortens: !$0.isNumber) } + [
        .init("runs", .right, folds: true), .init("completed", .right, folds: true),
        .init("train loss", .right, dropRank: 3), .init("train acc", .right, dropRank: 4),
        .init("test acc", .right, dropRank: 1), .init("images/s", .right, dropRank: 2),
      ])
    func mean(_ sample: Sample?, _ decimals: Int) -> String {
      guard let sample else { return "–" }
      let half = sample.interval().map { " ± \(Quantity.fixed(($0.high - $0.low) / 2, decimals))" } ?? ""
      return Quantity.fixed(sample.mean, decimals) + half
    }
    for group in groups {
      table.add(
        (group.values.map(cell) + [
          "\(group.runs)", "\(group.completed)", mean(group.trainLoss, 3), mean(group.trainAccuracy, 3),
          mean(group.testAccuracy, 3), mean(group.examplesPerSecond, 1) + (group.isDisturbed ? "*" : ""),
        ]).map { .init($0) })
    }
    let (lines, omitted) = look.lines(table)
    let dropped = omitted.isEmpty ? [] : ["not shown in \(look.width) columns: \(omitted.joined(separator: ", "))"]
    let stars = lines.contains { $0.contains("*") } ? ["* other programs disturbed all epochs of some of the runs"] : []
    return (lines + ["mean of completed runs ± half its 95 % interval"] + stars + dropped).joined(separator: "\n")
  }

  /// Everything about one run; of its attempts the last, or all.
  public static func show(_ run: RunDetails, allAttempts: Bool = false) -> String {
    var text = RunText(run)
    text.addSummary()
    text.addConfiguration()
    text.addTiming()
    for attempt in allAttempts ? run.attempts : run.attempts.suffix(1) { text.add(attempt) }
    text.addRecords()
    return text.lines.joined(separator: "\n")
  }
}

/// The lines of one run for people, section by section.
private struct RunText {
  let run: RunDetails
  var lines: [String] = []

  init(_ run: RunDetails) { self.run = run }

  private mutating func line(_ name: String, _ value: String?) {
    guard let value else { return }
    lines.append(name + String(repeating: " ", count: max(1, 18 - name.count)) + printable(value))
  }

  private mutating func section(_ title: String) { lines += ["", title] }

  private func duration(_ seconds: Double?, last: Double?) -> String? {
    guard let seconds else { return nil }
    guard run.attempts.count > 1, let last else { return Quantity.duration(seconds) }
    return "\(Quantity.duration(seconds)) in \(run.attempts.count) attempts, \(Quantity.duration(last)) in the last"
  }

  mutating func addSummary() {
    line("run", run.run)
    line("experiment", run.experiment)
    line("trial", run.trial)
    line("profile", run.profile)
    line("state", run.state.name)
    line("cause", run.cause)
    line("tags", run.tags.isEmpty ? nil : run.tags.joined(separator: " "))
    line("removed", run.removed_at)
    line("author", run.author)
    line("created", run.created_at)
    line("ended", run.ended_at)
    line("time", duration(run.seconds, last: run.last_seconds))
    line("time in steps", duration(run.training_seconds, last: run.last_training_seconds))
    line("peak memory", run.peak_rss_bytes.map(Quantity.bytes))
    line("network", run.arch.map { "\($0), \(Quantity.grouped(run.parameters ?? 0)) parameters" })
  }

  mutating func addConfiguration() {
    section("configuration")
    let defaults = Dictionary(run.differences.map { ($0.key, $0.default) }) { first, _ in first }
    for (key, value) in configurationFields(run.configuration).sorted(by: { $0.key < $1.key }) {
      let original = defaults[key]
      lines.append(
        printable("\(original == nil ? " " : "*") \(key): \(value)\(original.map { "  (first trial: \($0))" } ?? "")"))
    }
    if !run.reductions.isEmpty {
      section("changed by the profile")
      lines += run.reductions.map { printable("  \($0.key): \($0.used), without the profile \($0.full)") }
    }
    if !run.metrics.isEmpty {
      section("metrics at the end")
      for (name, value) in run.metrics.sorted(by: { $0.key < $1.key }) {
        lines.append(printable("  \(name)\(String(repeating: " ", count: max(1, 22 - name.count)))\(value)"))
      }
    }
  }

  /// Each epoch's rate and what may have disturbed it: why a run was slow.
  mutating func addTiming() {
    guard !run.epoch_rates.isEmpty else { return }
    let disturbed = run.epoch_rates.count { $0.disturbed != nil }
    let isCost = run.metrics[MetricName.stepSeconds.rawValue] != nil
    let unit = isCost ? "measurement" : "epoch"
    section("timing: \(timingSentence(timed: run.epoch_rates.count, disturbed: disturbed, unit: unit))")
    if disturbed > 0, let rate = run.undisturbed_examples_per_second {
      lines.append("  \(Quantity.fixed(rate, 1)) images/s in the undisturbed epochs")
    }
    for rate in run.epoch_rates {
      lines.append(printable("  \(isCost ? "steps" : "epoch \(Quantity.fixed(rate.epoch, 0))"), \(rate.text)"))
    }
  }

  mutating func add(_ attempt: RunDetails.Attempt) {
    section("attempt \(attempt.attempt)\(run.attempts.count > 1 ? " of \(run.attempts.count)" : "")")
    if let steps = run.steps.first(where: { $0.attempt == attempt.attempt }) {
      let again = steps.superseded == 0 ? "" : "; \(steps.superseded) of them were repeated by a later attempt"
      line("  steps", "\(steps.first) to \(steps.last)\(again)")
    }
    line("  started", attempt.started_at)
    if run.attempts.count > 1 {
      line("  time", "\(Quantity.duration(attempt.seconds)), training \(Quantity.duration(attempt.training_seconds))")
    }
    if attempt.resumed_from > 0 { line("  resumed", "from the checkpoint of step \(attempt.resumed_from)") }
    for difference in attempt.differences?.split(separator: "\n") ?? [] {
      line("  changed", String(difference))
    }
    line("  vgglab", "\(attempt.vgglab_version), binary \(attempt.binary_digest.prefix(12))")
    let note = run.events.first { $0.kind == EventKind.git.rawValue && $0.attempt == attempt.attempt }?.message
    line(
      "  git",
      attempt.git_commit.map { "\($0)\(attempt.git_dirty == true ? ", with uncommitted changes" : "")" } ?? note)
    line("  machine", "\(attempt.host), \(attempt.operating_system)")
    line("  processor", "\(attempt.cpu), \(attempt.cores) cores, \(attempt.threads) threads used")
    line("  kernels", "\(attempt.kernels), \(attempt.instruction_set)")
    line("  BLAS", "\(attempt.blas), core \(attempt.blas_core)")
    for digest in digestLines(attempt.data_digests) { line("  data", digest) }
    line("  ended", attempt.exit_at)
    line(
      "  how",
      attempt.exit_cause ?? attempt.exit_signal.map { "killed by signal \($0)" }
        ?? attempt.exit_code.map { "exit code \($0)" })
  }

  mutating func addRecords() {
    if !run.artifacts.isEmpty {
      section("files")
      lines += run.artifacts.map {
        printable("  \($0.path)  \(Quantity.bytes($0.bytes))  SHA-256 \($0.digest.prefix(12))")
      }
    }
    if !run.events.isEmpty {
      section("events")
      lines += run.events.map { printable("  \($0.at)  \($0.kind): \($0.message)") }
    }
    if !run.notes.isEmpty {
      section("notes")
      for note in run.notes {
        lines.append(printable("  \(note.at)"))
        lines += printable(note.text, keepingLines: true).split(separator: "\n", omittingEmptySubsequences: false).map {
          "    \($0)"
        }
      }
    }
  }
}

extension RunDetails.EpochRate {
  /// A line for people.
  fileprivate var text: String {
    func percent(_ share: Double) -> String { "\(Quantity.fixed(100 * share, share < 0.1 ? 1 : 0)) %" }
    var parts = ["\(Quantity.fixed(examples_per_second, 1)) images/s"]
    if let disturbed { parts.append("disturbed (\(disturbed))") }
    parts.append("its threads computed \(percent(processor_share)) of the time")
    if let wait_share { parts.append("waited for a core \(percent(wait_share))") }
    if let other_cores { parts.append("other programs used \(Quantity.fixed(other_cores, 2)) cores") }
    if wait_share == nil, let pressure_share {
      parts.append("some process waited for a core \(percent(pressure_share))")
    }
    return parts.joined(separator: ", ")
  }
}

extension Garbage {
  /// For people.
  public func text(dryRun: Bool) -> String {
    var lines = (runs + weights + files).map { "\(printable($0.path))  \(Quantity.bytes($0.bytes))" }
    lines += kept.map { "runs/\($0) is in progress and was kept" }
    let count =
      "\(Quantity.count(runs.count, "removed run"))\(weights.isEmpty ? "" : ", \(weights.count) files of weights") and \(Quantity.count(files.count, "stale file")), \(Quantity.bytes(bytes))"
    lines.append(dryRun ? "would delete \(count)" : "deleted \(count)")
    return lines.joined(separator: "\n")
  }
}
