import Foundation
public import Store

/// Runs as text for people.
public enum RunTexts {
  /// A line a run.
  public static func list(_ runs: [RunSummary]) -> String {
    guard !runs.isEmpty else { return "no runs" }
    var table = TextTable([
      ("run", .left), ("experiment", .left), ("trial", .left), ("profile", .left), ("state", .left),
      ("train loss", .right), ("train acc", .right), ("test acc", .right), ("images/s", .right), ("time", .right),
      ("created", .left),
    ])
    for run in runs {
      table.add([
        run.id, run.experiment, run.trial, run.profile ?? "–", run.state.name, Figures.fixed(run.trainLoss, 3),
        Figures.fixed(run.trainAccuracy, 3), Figures.fixed(run.testAccuracy, 3),
        Figures.fixed(run.examplesPerSecond, 1), run.seconds.map(Figures.duration) ?? "–",
        String(run.createdAt.prefix(16)).replacingOccurrences(of: "T", with: " "),
      ])
    }
    return table.text
  }

  /// Everything about one run.
  public static func show(_ run: RunDetails) -> String {
    var lines: [String] = []
    func line(_ name: String, _ value: String?) {
      guard let value else { return }
      lines.append(name + String(repeating: " ", count: max(1, 18 - name.count)) + value)
    }
    func section(_ title: String) { lines += ["", title] }

    line("run", run.run)
    line("experiment", run.experiment)
    line("trial", run.trial)
    line("profile", run.profile)
    line("state", run.state.name)
    line("cause", run.cause)
    line("created", run.created_at)
    line("ended", run.ended_at)
    line("time", run.seconds.map(Figures.duration))
    line("training steps", run.training_seconds.map(Figures.duration))
    line("peak memory", run.peak_rss_bytes.map(Figures.bytes))
    line("network", run.arch.map { "\($0), \(Figures.grouped(run.parameters ?? 0)) parameters" })
    section("configuration")
    lines += Configuration.lines(run.configuration).map { "  \($0)" }
    if !run.reductions.isEmpty {
      section("reduced")
      lines += run.reductions.map { "  \($0.key): \($0.used), in full \($0.full)" }
    }
    if !run.metrics.isEmpty {
      section("metrics, the last of each")
      for (name, value) in run.metrics.sorted(by: { $0.key < $1.key }) {
        lines.append("  \(name)\(String(repeating: " ", count: max(1, 22 - name.count)))\(value)")
      }
    }
    for attempt in run.attempts {
      section("attempt \(attempt.attempt)")
      line("  started", attempt.started_at)
      line("  vgglab", "\(attempt.vgglab_version), binary \(attempt.binary_digest.prefix(12))")
      line("  git", attempt.git_commit.map { "\($0)\(attempt.git_dirty == true ? ", with uncommitted changes" : "")" })
      line("  machine", "\(attempt.host), \(attempt.operating_system)")
      line("  processor", "\(attempt.cpu), \(attempt.cores) cores, \(attempt.threads) threads used")
      line("  kernels", "\(attempt.kernels), \(attempt.instruction_set)")
      line("  BLAS", "\(attempt.blas), core \(attempt.blas_core)")
      for digest in Configuration.lines(attempt.data_digests) { line("  data", digest) }
      line("  ended", attempt.exit_at)
      line(
        "  how",
        attempt.exit_cause ?? attempt.exit_signal.map { "killed by signal \($0)" }
          ?? attempt.exit_code.map { "exit code \($0)" })
    }
    if !run.artifacts.isEmpty {
      section("files")
      lines += run.artifacts.map { "  \($0.path)  \(Figures.bytes($0.bytes))  SHA-256 \($0.digest.prefix(12))" }
    }
    if !run.events.isEmpty {
      section("events")
      lines += run.events.map { "  \($0.at)  \($0.kind): \($0.message)" }
    }
    return lines.joined(separator: "\n")
  }
}
