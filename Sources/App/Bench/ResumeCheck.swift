public import Experiments
public import Files
import Foundation
import Journals
import Processes
import Runs
public import Scheduling
import Store
import Terminal
import Text

/// Why an exact resume cannot be verified, as facts.
public enum ResumeCheckError: Error, Hashable, Sendable, CustomStringConvertible, Fault {
  case notVerifiable(trial: String, reason: String)

  /// What happened, and where.
  public var description: String {
    switch self {
    case .notVerifiable(let trial, let reason): "\(trial): cannot be verified: \(reason)"
    }
  }

  public var kind: FaultKind { .badInput }
}

/// Runs trials twice, once undisturbed and once killed at random moments, and compares what came out.
public struct ResumeCheck {
  /// What was found of one trial.
  public struct Finding: Codable, Sendable {
    public var trial: String
    /// Workers that were killed while running.
    public var kills: Int
    public var attempts: Int
    /// The steps behind which attempts went on.
    public var resumed_from: [Int]
    public var metric_rows: Int
    /// Rows that are missing, doubled or different, clock times and rates aside.
    public var rows_different: Int
    public var weights_identical: Bool
    public var predictions_identical: Bool

    public var isIdentical: Bool { rows_different == 0 && weights_identical && predictions_identical }
  }

  private let directory: String
  private let kills: Int
  private var random: SeededRandom

  /// Works in stores of its own under `directory`. `kills` is how often each trial's worker is killed.
  public init(directory: String, kills: Int, seed: UInt64) {
    self.directory = directory
    self.kills = kills
    random = SeededRandom(state: seed)
  }

  /// Checks the trials of some experiments, those that are only described aside.
  public mutating func check(_ experiments: [Experiment], options: RunOptions) throws -> [Finding] {
    var options = options
    (options.rerun, options.failed, options.jobs) = (false, false, 1)
    let calm = "\(directory)/undisturbed"
    let disturbed = "\(directory)/killed"
    let outcomes = try ExperimentRunner(store: calm, printer: ProgressPrinter.standard()).run(
      experiments, options: options)
    let trials = experiments.flatMap(\.trials)
    var findings: [Finding] = []
    for (trial, outcome) in zip(trials, outcomes) where trial.training.epochs > 0 {
      guard outcome.state == RunState.completed.name, let run = outcome.run else {
        throw ResumeCheckError.notVerifiable(
          trial: trial.name, reason: "its undisturbed run is \(outcome.state)\(outcome.cause.map { ": \($0)" } ?? "")")
      }
      findings.append(
        try check(trial, against: run, in: calm, disturbed: disturbed, seconds: outcome.seconds ?? 1, options))
    }
    return findings
  }

  private mutating func check(
    _ trial: Trial, against calmRun: String, in calm: String, disturbed: String, seconds: Double,
    _ options: RunOptions
  ) throws -> Finding {
    var options = options
    // Often enough that every attempt comes forward.
    options.checkpointSeconds = min(options.checkpointSeconds, seconds / Double(4 * (kills + 1)))
    let threads = try options.threadsPerTrial()
    let folder = try createRun(of: trial, in: disturbed, after: 0)
    let open = try folder.open()
    try Job(
      threads: threads, kernels: options.kernels.rawValue, checkpointSeconds: options.checkpointSeconds,
      data: (options.data ?? trial.dataset.path).map(absolutePath)
    ).write(to: open)
    let executor = LocalExecutor()
    var killed = 0
    for _ in 0..<kills {
      let worker = try executor.start(in: open)
      // One in five while the worker is still beginning; the others uniform over twice the share of an attempt, counted from
      // where it tells of itself, so that they are spread over the whole run.
      let isEarly = random.uniform() < 0.2
      let before = attempts(folder)
      var moment = monotonicSeconds() + random.uniform() * (isEarly ? 0.3 : 2 * seconds / Double(kills + 1))
      if !isEarly {
        let began = monotonicSeconds()
        while worker.poll() == nil, attempts(folder) == before { usleep(2_000) }
        moment += monotonicSeconds() - began
      }
      while worker.poll() == nil, monotonicSeconds() < moment { usleep(1_000) }
      guard worker.poll() == nil else { continue }
      worker.send(signal: SIGKILL)
      while worker.poll() == nil { usleep(1_000) }
      killed += 1
    }
    let last = try executor.start(in: open)
    while last.poll() == nil { usleep(5_000) }

    let calmStore = try Store.open(at: calm, access: .readOnly)
    let store = try Store.open(at: disturbed, access: .readWrite, create: true)
    for problem in try store.ingest() { writeMessage("vgglab: \(problem)") }
    let state = try store.run(matching: folder.run).state
    guard state == .completed else {
      throw ResumeCheckError.notVerifiable(trial: trial.name, reason: "its killed run is \(state.name); see its log")
    }
    let comparison = try BitComparison(calmRun, in: calmStore, with: folder.run, in: store)
    let attempts = try store.query(
      "SELECT resumed_from FROM attempt WHERE run = '\(folder.run)' ORDER BY attempt"
    ).rows
    return Finding(
      trial: trial.name, kills: killed, attempts: attempts.count,
      resumed_from: attempts.dropFirst().compactMap { if case .integer(let step) = $0[0] { Int(step) } else { nil } },
      metric_rows: comparison.metric_rows, rows_different: comparison.rows_different,
      weights_identical: comparison.weights_identical == true,
      predictions_identical: comparison.predictions_identical == true)
  }

  private func attempts(_ folder: RunFolder) -> Int {
    let records = (try? readJournal(folder))?.records ?? []
    return records.count { if case .attempt = $0 { true } else { false } }
  }

  /// The findings as a table for people.
  public static func table(_ findings: [Finding]) -> String {
    var table = TextTable([
      ("trial", .left), ("killed", .right), ("attempts", .right), ("metric rows", .right), ("different", .right),
      ("weights", .left), ("predictions", .left),
    ])
    for finding in findings {
      table.add([
        finding.trial, "\(finding.kills)", "\(finding.attempts)", "\(finding.metric_rows)", "\(finding.rows_different)",
        finding.weights_identical ? "identical" : "DIFFERENT",
        finding.predictions_identical ? "identical" : "DIFFERENT",
      ])
    }
    return table.text
  }
}

/// Steele, Lea & Flood's SplitMix64.
private struct SeededRandom {
  var state: UInt64

  /// In [0, 1).
  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }
}
