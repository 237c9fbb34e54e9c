import Experiments
import Foundation
import Store

/// Keeps up to `jobs` workers at work until every decision is carried out.
struct Scheduler {
  let directory: String
  let store: Store
  let executor: any Executor
  let options: RunOptions
  let threads: Int
  let printer: ProgressPrinter

  private final class Running {
    let index: Int
    let decision: TrialDecision
    let run: String
    let worker: any WorkerHandle
    var follower: JournalFollower

    init(index: Int, decision: TrialDecision, run: String, worker: any WorkerHandle, follower: JournalFollower) {
      self.index = index
      self.decision = decision
      self.run = run
      self.worker = worker
      self.follower = follower
    }
  }

  init(
    directory: String, store: Store, executor: any Executor, options: RunOptions, threads: Int, printer: ProgressPrinter
  ) {
    self.directory = directory
    self.store = store
    self.executor = executor
    self.options = options
    self.threads = threads
    self.printer = printer
  }

  /// Carries out the decisions in their order and tells what became of each.
  mutating func run(_ decisions: [TrialDecision]) throws -> [TrialOutcome] {
    var waiting = Array(decisions.enumerated())[...]
    var running: [Running] = []
    var runs = [String?](repeating: nil, count: decisions.count)
    var left = [Int](repeating: options.retries, count: decisions.count)
    var stopped = false
    var passed: Int32 = 0

    while !running.isEmpty || (!waiting.isEmpty && !stopped) {
      while running.count < options.jobs, !stopped, let (index, decision) = waiting.first {
        waiting.removeFirst()
        if decision.action == .skip {
          runs[index] = decision.run
          printer.say("\(decision.trial.name): skipped, \(decision.why)")
          continue
        }
        let run = try makeRun(decision)
        runs[index] = run
        let worker = try executor.start(
          Job(
            store: directory, run: run, threads: threads, data: options.data ?? decision.trial.dataset.path,
            kernels: options.kernels, checkpointSeconds: options.checkpointSeconds))
        let follower = JournalFollower(
          path: RunFolder.journalPath(store: directory, run: run), trial: decision.trial.name,
          epochs: decision.trial.training.epochs, totalSteps: decision.forecast.steps)
        running.append(Running(index: index, decision: decision, run: run, worker: worker, follower: follower))
        printer.say(
          "\(decision.trial.name): \(verb(decision.action)) as run \(run), \(decision.forecast.steps) steps on \(threads) thread\(threads == 1 ? "" : "s")"
        )
      }
      if let signal = StopSignal.number, signal != passed {
        passed = signal
        stopped = true
        printer.say("vgglab: stopping after the step at hand; the same command goes on later")
        for one in running { one.worker.send(signal: signal) }
      }
      Thread.sleep(forTimeInterval: 0.1)
      let now = monotonicSeconds()
      for one in running {
        for reached in one.follower.follow() { printer.reached(reached, now: now) }
      }
      printer.draw(running.map(\.follower.progress), now: now)
      for (position, one) in running.enumerated().reversed() {
        guard let end = one.worker.poll() else { continue }
        running.remove(at: position)
        _ = one.follower.follow()
        _ = try store.ingest()
        let state = try store.run(matching: one.run).state
        printer.say("\(one.decision.trial.name): \(state.name)\(explanation(end, state))")
        if case .failed = state {
          if left[one.index] > 0, !stopped {
            left[one.index] -= 1
            waiting.insert((one.index, one.decision.again), at: waiting.startIndex)
          } else if options.failFast {
            stopped = true
            for other in running { other.worker.send(signal: SIGTERM) }
          }
        }
      }
    }
    _ = try store.ingest()
    return try zip(decisions, runs).map { try outcome($0, run: $1) }
  }

  /// The run's folder and the first line of its journal; for a resumed run its own.
  private func makeRun(_ decision: TrialDecision) throws -> String {
    if decision.action == .resume, let run = decision.run { return run }
    return try createRun(of: decision.trial, in: directory).run
  }

  private func outcome(_ decision: TrialDecision, run: String?) throws -> TrialOutcome {
    let summary = try run.map { try store.run(matching: $0) }
    return TrialOutcome(
      experiment: decision.trial.experiment, trial: decision.trial.name, run: run, action: decision.action,
      state: summary?.state.name ?? "not run", cause: summary?.cause, train_loss: summary?.trainLoss,
      train_accuracy: summary?.trainAccuracy, test_accuracy: summary?.testAccuracy,
      examples_per_second: summary?.examplesPerSecond, seconds: summary?.seconds)
  }

  private func verb(_ action: TrialDecision.Action) -> String {
    switch action {
    case .resume: "goes on"
    default: "starts"
    }
  }

  private func explanation(_ end: WorkerEnd, _ state: RunState) -> String {
    switch end {
    case .killed(let signal): ", the worker was killed by signal \(signal)"
    case .exited(let code) where state == .lost: ", the worker ended with code \(code); see its log"
    case .exited: ""
    }
  }
}

extension TrialDecision {
  /// The same trial once more, as a new run.
  fileprivate var again: TrialDecision {
    var decision = self
    decision.action = .again
    decision.run = nil
    return decision
  }
}
