import Cluster
import Experiments
import Files
import Foundation
import Journals
import Processes
import Store
import Text

extension ClusterScheduler {
  /// Trials whose locks are held at a time.
  static let chunk = 256

  /// Trials that become one array of jobs.
  private final class Batch {
    let submission: Submission
    let shape: JobShape
    var memory = 0
    var indices: [Int] = []

    init(_ submission: Submission, _ shape: JobShape) {
      self.submission = submission
      self.shape = shape
    }
  }

  /// Submits the trials whose turn it is, as few arrays as possible; those whose jobs exist are followed.
  func submitWaiting() throws {
    var batches: [Batch] = []
    var size: Int?
    var passed: Set<Int> = []
    while true {
      while let (index, other) = queue.blocked() {
        entries[index].blockedBy = entries[other]
        leave(index, "it comes after \(entries[other].trial.name), which \(entries[other].endedAs)")
      }
      var locks: [(index: Int, lock: TrialLock)] = []
      defer { for (_, lock) in locks { lock.release() } }
      var isMore = false
      while locks.count < Self.chunk, let index = queue.next(now: system.now(), passing: passed) {
        passed.insert(index)
        isMore = true
        if let lock = try lock(index) { locks.append((index, lock)) }
      }
      guard isMore else { break }
      _ = try store.ingest()
      for (index, _) in locks {
        let decision = try decide(index)
        guard try isToSubmit(index, decision) else { continue }
        let most = try size ?? slurm.maxArraySize()
        size = most
        let shape = JobShape(entries[index].trial, cluster, options, context.settings)
        var batch = batches.first { $0.shape == shape && $0.indices.count < most }
        if batch == nil {
          batch = Batch(try Submission(store: directory), shape)
          batches.append(batch!)
        }
        try add(index, decision, to: batch!)
      }
    }
    for batch in batches { try submit(batch) }
  }

  private func lock(_ index: Int) throws -> TrialLock? {
    let trial = entries[index].trial
    switch try TrialLock.take(store: directory, trialID: trial.id) {
    case .taken(let lock): return lock
    case .held(let holder) where holder?.isThisProcess == true: return nil
    case .held(let holder):
      let who = holder?.name ?? "another process"
      (entries[index].holder, entries[index].endedAs) = (who, "is being run by \(who)")
      printer.printLine(
        "\(trial.name): skipped, \(who) is running it")
      queue[index] = .over(isComplete: false)
      return nil
    }
  }

  private func decide(_ index: Int) throws -> TrialDecision {
    let entry = entries[index]
    let id = entry.trial.id
    let done = entries.first { $0.isDoneHere && $0.trial.id == id }?.run
    return try entry.run.map { try planner.retry(entry.trial, run: store.run(matching: $0)) }
      ?? planner.decide(entry.trial, doneHere: done)
  }

  /// Whether a trial needs a job; one that has one is followed, and one that needs none is done with.
  private func isToSubmit(_ index: Int, _ decision: TrialDecision) throws -> Bool {
    let entry = entries[index]
    entry.decision = decision
    if let run = decision.run, decision.action == .resume || decision.state == .completed || decision.job != nil {
      try recorder.refer(entry.trial, to: run)
    }
    guard decision.action == .skip else { return true }
    if let run = decision.run, let job = decision.job {
      entry.run = run
      if !entries.contains(where: { $0 !== entry && $0.run == run }) {
        printer.printLine("\(entry.trial.name): following \(job.words), run \(run)")
      }
      try follow(index, run)
      return false
    }
    guard decision.state != .running else {
      let sentence = "\(entry.trial.name): \(decision.why)"
      if entry.lastWaitMessage != sentence { printer.printLine(sentence) }
      entry.lastWaitMessage = sentence
      return false
    }
    entry.run = decision.run
    entry.endedAs = decision.state.map { "is \($0.name)" } ?? "was skipped"
    printer.printLine("\(entry.trial.name): skipped, \(decision.why)")
    queue[index] = .over(isComplete: decision.state == .completed)
    return false
  }

  /// Makes or takes up the run of a trial, and puts it into an array.
  private func add(_ index: Int, _ decision: TrialDecision, to batch: Batch) throws {
    let entry = entries[index]
    var existing = decision.action == .resume ? decision.run : nil
    if existing == nil {
      let newest = max(try store.newestSequence(), lastSequence)
      existing = try createRun(of: entry.trial, in: directory, after: newest, forecast: decision.forecast).run
      lastSequence = max(milliseconds(), newest + 1)
    }
    let folder = try RunFolder(store: directory, existing: existing!)
    entry.run = folder.run
    entry.cause = nil
    try options.job(of: entry.trial, threads: batch.shape.threads).write(to: try folder.open())
    try batch.submission.add(folder)
    batch.indices.append(index)
    batch.memory = max(batch.memory, batch.shape.memory(decision.forecast))
    try follow(index, folder.run, isNew: true)
  }

  /// Follows the job of a run from now on; `isNew` is whether it is submitted by this command.
  private func follow(_ index: Int, _ run: String, isNew: Bool = false) throws {
    let entry = entries[index]
    let folder = try RunFolder(store: directory, existing: run)
    let follower = JournalFollower(
      folder,
      TrialProgress(
        trial: entry.trial.name, epochs: entry.trial.training.epochs, totalSteps: entry.decision.forecast.steps,
        batchSize: entry.trial.training.batchSize, startedAt: system.now()))
    let isEarlier = entry.decision.run == run
    followed.append(
      FollowedRun(
        index: index, run: run, follower: follower,
        firstStep: isEarlier ? try store.newestCheckpointStep(run: run) ?? 0 : 0,
        attemptsBefore: isNew && isEarlier ? try store.run(matching: run).attempts : 0))
    queue[index] = .working
  }

  private func submit(_ batch: Batch) throws {
    let script = place.script(
      batch.submission.name, batch.submission.runs, batch.shape, memory: batch.memory, limit: cluster.limit)
    let job: String
    do {
      job = try batch.submission.submit(script, to: slurm)
    } catch let error as ClusterError {
      // Nothing was submitted where Slurm refused it. Otherwise nobody knows, and the next command looks for the jobs.
      if case .refused = error { batch.submission.withdraw(store: directory) }
      throw error
    }
    let last = batch.indices.count - 1
    printer.printLine(
      """
      vgglab: submitted \(Quantity.count(batch.indices.count, "trial")) as Slurm job \(job) (task\(last == 0 ? " 0" : "s 0-\(last)")), \
      \(Quantity.count(batch.shape.threads, "core")) and \(Quantity.bytes(batch.memory)) of memory each
      """)
  }

  /// Done with a trial that is not run.
  private func leave(_ index: Int, _ cause: String) {
    entries[index].cause = cause
    printer.printLine("\(entries[index].trial.name): not run: \(cause)")
    queue[index] = .over(isComplete: false)
  }
}
