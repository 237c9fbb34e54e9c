import Cluster
import Experiments
import Foundation
import Journals
import Processes
import Store
import Text

/// Hands trials to a cluster as arrays of jobs, and follows these until every trial is done with.
///
/// Everything that it knows is in the store: a command that is started after this one was ended follows the same jobs.
final class ClusterScheduler {
  typealias Entry = Scheduler.Entry

  let cluster: ClusterOptions
  let context: SchedulingContext
  let place: ClusterPlace
  let jobs: ClusterJobs
  let recorder: RunRecorder

  var entries: [Entry] = []
  var queue = TrialQueue(priorities: [], after: [])
  var followed: [FollowedRun] = []
  var isStopping = false
  /// The largest sequence of the runs that were made here.
  var lastSequence = 0
  /// How often in a row a run's job ended without any progress.
  private var fruitless: [String: Int] = [:]
  private var handled = StopRequest()
  /// When to end after the first Ctrl-C, unless there is a second.
  private var leaveAt = Double.infinity
  /// Whether every job that is followed is to be canceled.
  private var isCancelling = false
  /// What the controller's silence was called last, not to be said again.
  private var saidComplaint: String?
  /// Why canceling failed last, not to be said again.
  private var saidCancelError: String?

  /// Seconds in which a second Ctrl-C cancels the jobs.
  static let patience = 3.0
  /// Seconds that canceled jobs may take to end.
  private static let cancelLimit = 60.0

  var store: Store { context.store }
  var directory: String { context.directory }
  var options: RunOptions { context.options }
  var printer: any ProgressReporter { context.printer }
  var system: SystemInterface { context.system }
  var planner: Planner { context.planner }
  /// Slurm's programs, looked for where something is submitted or canceled: what is complete needs none.
  var slurm: Slurm {
    get throws(ClusterError) { try Slurm() }
  }

  init(_ cluster: ClusterOptions, _ context: SchedulingContext, place: ClusterPlace) {
    self.cluster = cluster
    var context = context
    let jobs = context.planner.jobs ?? ClusterJobs(store: context.directory)
    context.planner.jobs = jobs
    self.jobs = jobs
    self.context = context
    self.place = place
    recorder = RunRecorder(directory: context.directory, store: context.store, printer: context.printer)
  }

  /// Carries out the decisions and reports what became of each, in their order.
  func run(_ decisions: [TrialDecision]) throws -> [TrialOutcome] {
    entries = decisions.map(Entry.init)
    queue = TrialQueue(entries.map(\.trial))
    defer { printer.finish() }
    try submitWaiting()
    if cluster.isDetached {
      // The same trial under two names: the second finds the job of the first.
      if !queue.waiting.isEmpty { try submitWaiting() }
      return try detach()
    }
    var pollAt = system.now()
    while true {
      handleSignals()
      if isStopping && system.now() >= leaveAt { break }
      if followed.isEmpty, isStopping || queue.waiting.isEmpty { break }
      if system.now() >= pollAt {
        try poll()
        if !isStopping { try submitWaiting() }
        pollAt = system.now() + pollSeconds
        continue
      }
      system.sleep(0.1)
    }
    reportUncancelled()
    return try outcomes()
  }

  /// Seconds between two looks at Slurm: it serves others as well.
  private var pollSeconds: Double { followed.count > 500 ? 10 : 2 }

  private func outcomes() throws -> [TrialOutcome] {
    _ = try store.ingest()
    let live = Dictionary(followed.map { ($0.index, $0) }) { first, _ in first }
    return try entries.indices.map { index in
      try entries[index].outcome(planner, store, job: live[index].flatMap { $0.status?.words })
    }
  }

  private func detach() throws -> [TrialOutcome] {
    let waiting = queue.waiting
    if !waiting.isEmpty {
      printer.printLine(
        "vgglab: \(Quantity.count(waiting.count, "trial")) wait for others; run the same command again when these are complete"
      )
    }
    for one in followed { one.status = jobs.status(of: one.run) }
    if !followed.isEmpty {
      printer.printLine(
        "vgglab: \(Quantity.count(followed.count, "trial")) left to Slurm; the same command without --detach follows them"
      )
    }
    return try outcomes()
  }

  // MARK: Stopping

  /// The first signal ends the following, and the jobs go on; a second Ctrl-C cancels them.
  private func handleSignals() {
    let request = system.stop()
    guard request != handled, let number = request.number else { return }
    let isFirst = handled.number == nil
    let isSecondCtrlC = request.interrupts >= 2 && handled.interrupts < 2
    handled = request
    isStopping = true
    if isSecondCtrlC { return cancelAll() }
    guard isFirst else { return }
    let jobs = Quantity.count(followed.count, "trial")
    if number == SIGINT, !followed.isEmpty {
      leaveAt = system.now() + Self.patience
      printer.printLine(
        """
        vgglab: \(jobs) keep running in Slurm, and the same command follows them again; \
        press Ctrl-C once more within \(Int(Self.patience)) s to cancel them
        """)
    } else {
      leaveAt = system.now()
      if !followed.isEmpty {
        printer.printLine("vgglab: \(jobs) keep running in Slurm; the same command follows them again")
      }
    }
  }

  /// Cancels the jobs and waits until they are over.
  private func cancelAll() {
    printer.printLine("vgglab: canceling \(Quantity.count(followed.count, "job"))")
    isCancelling = true
    leaveAt = system.now() + Self.cancelLimit
    cancelRemaining()
  }

  /// Cancels the jobs that are not canceled yet. A controller that does not answer now is asked again at the next poll.
  private func cancelRemaining() {
    cancel(followed.filter { !$0.isCancelled })
  }

  /// Cancels the jobs of some runs. Those that Slurm cannot cancel now, or knows nothing of now, are not marked as canceled.
  private func cancel(_ runs: [FollowedRun]) {
    jobs.renew()
    var reached: [FollowedRun] = []
    var names: [String] = []
    for one in runs {
      switch jobs.status(of: one.run) {
      case .listed(let task):
        reached.append(one)
        if task.state.meaning.phase != .over { names.append(task.job) }
      case .forgotten, .neverSubmitted, nil: reached.append(one)
      case .submitting, .unknown: continue
      }
    }
    do throws(ClusterError) { try slurm.cancel(names) } catch {
      guard "\(error)" != saidCancelError else { return }
      saidCancelError = "\(error)"
      return printer.printLine("vgglab: \(error)")
    }
    for one in reached { one.isCancelled = true }
  }

  /// Jobs that were to be canceled and may go on.
  private func reportUncancelled() {
    guard isCancelling else { return }
    let names = followed.compactMap { one in
      switch one.status {
      case .listed(let task): one.isCancelled ? nil : task.job
      case .unknown(let job, _): job
      default: nil
      }
    }
    guard !names.isEmpty else { return }
    printer.printLine(
      "vgglab: \(Quantity.count(names.count, "job")) could not be canceled; when Slurm answers: scancel \(names.joined(separator: " "))"
    )
  }

  // MARK: Following

  private func poll() throws {
    if isCancelling { cancelRemaining() }
    jobs.renew()
    let now = system.now()
    var ended: [FollowedRun] = []
    var never: [FollowedRun] = []
    for one in followed {
      one.status = jobs.status(of: one.run)
      if one.mayHaveProgress {
        for reached in one.follower.follow(now: now) { printer.reached(reached, now: now) }
      }
      printLine(one)
      if one.follower.hasEnded || one.looksOver() { ended.append(one) }
      if one.looksStuck() { never.append(one) }
    }
    reportSlurmProblem()
    if !ended.isEmpty {
      _ = try store.ingest(only: Set(ended.map(\.run)))
      for one in ended { try settle(one) }
    }
    if !never.isEmpty { giveUp(never) }
    let working = followed.filter { $0.task?.state.meaning.phase == .working }
    printer.draw(
      working.map(\.follower.progress),
      total: TotalProgress(
        done: entries.count - followed.count - queue.waiting.count, working: working.count,
        waiting: queue.waiting.count + followed.count - working.count), now: now)
  }

  private func reportSlurmProblem() {
    let complaint = jobs.complaint.map { "\($0)" }
    guard complaint != saidComplaint else { return }
    saidComplaint = complaint
    printer.printLine("vgglab: \(complaint ?? "the controller of Slurm answers again")")
  }

  /// What is new of a job.
  private func printLine(_ one: FollowedRun) {
    guard let task = one.task else { return }
    let name = entries[one.index].trial.name
    if task.restarts > one.restarts {
      one.restarts = task.restarts
      one.saidNode = nil
      printer.printLine("\(name): Slurm job \(task.job) was requeued (start \(task.restarts + 1))")
    }
    if task.state.meaning.phase == .working, let node = task.node, node != one.saidNode {
      one.saidNode = node
      printer.printLine("\(name): Slurm job \(task.job) runs on \(node)")
    }
    if task.state == .pending, task.reason.hasPrefix("JobHeld"), one.saidReason != task.reason {
      one.saidReason = task.reason
      printer.printLine(
        "\(name): Slurm job \(task.job) is held (\(task.reason)); `scontrol release \(task.job)` releases it")
    }
  }

  /// Jobs that no waiting brings to a start are canceled, so that the same command can submit their runs otherwise.
  private func giveUp(_ never: [FollowedRun]) {
    cancel(never)
    for one in never where one.isCancelled {
      guard let task = one.task, let reason = BlockingReason(rawValue: task.reason) else { continue }
      finish(
        one, isComplete: false, state: "cannot start",
        "Slurm job \(task.job) can never start: \(task.reason) (\(reason.words))")
    }
    failFast()
  }

  /// Done with a run, or submits it again: its journal has an end, or its job is over.
  private func settle(_ one: FollowedRun) throws {
    var summary = try store.run(matching: one.run)
    let name = entries[one.index].trial.name
    switch summary.state {
    case .completed:
      printer.printLine("\(name): completed")
      return finish(one, isComplete: true, state: "is completed", nil)
    case .failed:
      printer.printLine("\(name): failed\(summary.cause.map { ", \($0)" } ?? "")")
      finish(one, isComplete: false, state: "is failed", summary.cause)
      return failFast()
    case .running:
      if !one.saidRunning, let holder = (try? RunFolder(store: directory, existing: one.run))?.lockHolder {
        one.saidRunning = true
        printer.printLine(
          "\(name): \(holder.name) works on run \(one.run), though \(one.status?.words ?? "its job is over")")
      }
      return
    case .gone: return finish(one, isComplete: false, state: "is gone", "the run's folder is gone")
    case .queued, .interrupted, .lost: break
    }
    let ending = one.ending
    if summary.attempts > 0, let cause = ending.cause {
      summary = try recorder.recordEnd(
        of: one.run, ending.end, cause, endedJob: one.task?.job, attempts: one.attemptsBefore, startedAt: one.startedAt)
      if summary.state == .completed || summary.state == .running { return }
    }
    let cause =
      one.isCancelled && handled.interrupts >= 2 ? "Ctrl-C, pressed twice: the job was canceled" : ending.cause
    if !isStopping, !one.isCancelled, try shouldResubmit(one, ending.remedy) {
      printer.printLine("\(name): \(summary.state.name)\(cause.map { ", \($0)" } ?? ""); resubmitting")
      followed.removeAll { $0 === one }
      queue[one.index] = .waiting(notBefore: 0)
      return
    }
    printer.printLine("\(name): \(summary.state.name)\(cause.map { ", \($0)" } ?? "")")
    finish(one, isComplete: false, state: "is \(summary.state.name)", cause ?? "its job was not submitted")
    if summary.state != .interrupted { failFast() }
  }

  /// Whether a run whose job is over is submitted again: where nothing of it is to blame, as long as it makes progress or has
  /// not failed three times in a row.
  private func shouldResubmit(_ one: FollowedRun, _ remedy: SlurmState.Remedy) throws -> Bool {
    let entry = entries[one.index]
    switch remedy {
    case .leave: return false
    case .retry:
      guard entry.tries < options.retries else { return false }
      entry.tries += 1
      return true
    case .resubmit:
      let step = try store.newestCheckpointStep(run: one.run) ?? 0
      fruitless[one.run] = step > one.firstStep ? 0 : fruitless[one.run, default: 0] + 1
      return fruitless[one.run, default: 0] < 3
    }
  }

  private func finish(_ one: FollowedRun, isComplete: Bool, state: String, _ cause: String?) {
    let entry = entries[one.index]
    entry.cause = cause
    entry.endedAs = state
    entry.isDoneHere = isComplete
    followed.removeAll { $0 === one }
    queue[one.index] = .over(isComplete: isComplete)
  }

  private func failFast() {
    guard options.failFast, !isStopping else { return }
    isStopping = true
    printer.printLine("vgglab: canceling the other jobs (--fail-fast)")
    isCancelling = true
    cancelRemaining()
  }
}

/// A run whose job is followed.
final class FollowedRun {
  let index: Int
  let run: String
  var follower: JournalFollower
  var status: ClusterJobs.Status? {
    didSet {
      switch status {
      case .listed(let task): startedAt = task.startedAt ?? startedAt
      case .forgotten(_, let submitted): startedAt = startedAt ?? submitted
      default: break
      }
    }
  }
  /// When its job was started, the last time that Slurm listed it; where it never did, when it was submitted; nil if unknown.
  private(set) var startedAt: Date?
  /// The step of its newest checkpoint when the following began.
  let firstStep: Int
  /// Attempts that the run had when the job was submitted; 0 where another command submitted it.
  let attemptsBefore: Int
  var restarts = 0
  var isCancelled = false
  var saidNode: String?
  var saidReason: String?
  var saidRunning = false
  private var overCount = 0
  private var neverCount = 0

  init(index: Int, run: String, follower: JournalFollower, firstStep: Int, attemptsBefore: Int) {
    self.index = index
    self.run = run
    self.follower = follower
    self.firstStep = firstStep
    self.attemptsBefore = attemptsBefore
  }

  /// What Slurm lists; nil where it lists nothing.
  var task: Slurm.Task? { if case .listed(let task)? = status { task } else { nil } }

  /// Whether its journal may have grown since the last look.
  var mayHaveProgress: Bool { task.map { $0.state.meaning.phase != .waiting } ?? true }

  /// Whether its job is over, by this look and the one before: what it wrote last may be seen here later than its end.
  func looksOver() -> Bool {
    overCount = status?.isLive == false || status == nil ? overCount + 1 : 0
    return overCount >= 2
  }

  /// Whether Slurm gave a reason, at this look and the one before, for which its job will never start.
  func looksStuck() -> Bool {
    let isNever = task.map { $0.state == .pending && BlockingReason(rawValue: $0.reason) != nil } ?? false
    neverCount = isNever ? neverCount + 1 : 0
    return neverCount >= 2
  }

  /// What is known of the end of its job.
  var ending: (end: ProcessEnd?, cause: String?, remedy: SlurmState.Remedy) {
    switch status {
    case .listed(let task):
      let meaning = task.state.meaning
      let code = Int32(task.exitStatus >> 8 & 0xFF)
      let signal = Int32(task.exitStatus & 0x7F)
      var words = "Slurm job \(task.job) \(meaning.words) (\(task.state.rawValue))"
      guard task.state == .failed else { return (nil, words, meaning.remedy) }
      words += signal != 0 ? ", killed by signal \(signal)" : ", exit code \(code)"
      // It stopped in good order, and could not queue itself again.
      let remedy = code == 75 && signal == 0 ? .resubmit : meaning.remedy
      return (signal != 0 ? .killed(signal: signal) : .exited(code), words, remedy)
    case .forgotten(let job, _):
      return (nil, "Slurm job \(job) is over, and Slurm does not list it any more", .resubmit)
    case .neverSubmitted, nil: return (nil, nil, .resubmit)
    case .submitting, .unknown: return (nil, nil, .leave)
    }
  }
}
