import Experiments
import Foundation
import Journals
import Processes
import Store
import Text

/// Runs up to `jobs` workers at a time until every trial has an outcome.
final class Scheduler {
  let directory: String
  let store: Store
  let executor: any Executor
  let options: RunOptions
  let threads: Int
  let printer: any ProgressReporter
  let planner: Planner
  let system: SystemInterface

  /// A trial on its way through the scheduler.
  final class Entry {
    let trial: Trial
    var decision: TrialDecision
    /// The run that was made for it or goes on for it.
    var run: String?
    /// How often it was tried again.
    var tries = 0
    /// Why it is not complete, and how messages about the trials that depend on it say so.
    var cause: String?
    var endedAs = "was not run"
    /// The process that works on it in this command's place.
    var holder: String?
    /// The trial that it comes after, where that is not complete.
    var blockedBy: Entry?
    /// Whether a worker of this command has completed it.
    var isDoneHere = false
    /// The last sentence about its waiting, not to be said again.
    var lastWaitMessage: String?

    init(_ decision: TrialDecision) {
      trial = decision.trial
      self.decision = decision
    }
  }

  /// A running worker. The trial's lock is held as long as this value exists.
  final class RunningWorker {
    let index: Int
    let run: String
    let worker: any WorkerHandle
    let lock: TrialLock
    let memory: Int
    var began: Double
    let killsBefore: Memory.Kills
    let logOffset: Int
    /// Attempts that the run had when the worker was started.
    let attemptsBefore: Int
    var follower: JournalFollower
    var asked: StopReason?

    /// Whether the end of a worker that never began with its run is the run's own fault: one that was killed or stopped says
    /// nothing of it.
    func failedToStart(_ end: ProcessEnd) -> Bool {
      if asked?.isStartLimit == true { return true }
      guard asked == nil, case .exited(let code) = end else { return false }
      return ![75, 130].contains(code)
    }

    init(
      index: Int, run: String, worker: any WorkerHandle, lock: TrialLock, memory: Int, began: Double,
      killsBefore: Memory.Kills, logOffset: Int, attemptsBefore: Int, follower: JournalFollower
    ) {
      self.index = index
      self.run = run
      self.worker = worker
      self.lock = lock
      self.memory = memory
      self.began = began
      self.killsBefore = killsBefore
      self.logOffset = logOffset
      self.attemptsBefore = attemptsBefore
      self.follower = follower
    }
  }

  var entries: [Entry] = []
  var queue = TrialQueue(priorities: [], after: [])
  var working: [RunningWorker] = []
  var isStopping = false
  private var handled = StopRequest()
  /// Bytes that were available while no worker was running.
  private var memoryWhenIdle = 0

  init(
    directory: String, store: Store, executor: any Executor, options: RunOptions, threads: Int,
    printer: any ProgressReporter, planner: Planner, system: SystemInterface = SystemInterface()
  ) {
    self.directory = directory
    self.store = store
    self.executor = executor
    self.options = options
    self.threads = threads
    self.printer = printer
    self.planner = planner
    self.system = system
  }

  /// Carries out the decisions and reports what became of each, in their order. `run` is the one that the only trial goes on
  /// with, whatever other runs it has.
  func run(_ decisions: [TrialDecision], resuming run: String? = nil) throws -> [TrialOutcome] {
    entries = decisions.map(Entry.init)
    if let run { entries[0].run = run }
    queue = TrialQueue(entries.map(\.trial))
    do {
      try runOneStepTests()
      while true {
        handlePause()
        handleSignals()
        if !isStopping { try startWaitingTrials() }
        if working.isEmpty, isStopping || queue.waiting.isEmpty { break }
        enforceTimeLimit()
        enforceStartLimit()
        system.sleep(0.1)
        follow()
        try reap()
      }
    } catch {
      abandon()
      throw error
    }
    printer.finish()
    _ = try store.ingest()
    return try entries.map { try $0.outcome(planner, store) }
  }

  // MARK: StartResult

  private enum StartResult {
    case started
    /// It is done with, or its turn comes later.
    case passed
    /// Nothing can begin before memory is free.
    case insufficientMemory
  }

  private func startWaitingTrials() throws {
    var passed: Set<Int> = []
    while true {
      while let (index, other) = queue.blocked() {
        entries[index].blockedBy = entries[other]
        settle(index, isComplete: false, "it comes after \(entries[other].trial.name), which \(entries[other].endedAs)")
      }
      guard working.count < options.jobs, let index = queue.next(now: system.now(), passing: passed) else {
        return
      }
      switch try begin(index) {
      case .started: break
      case .passed: passed.insert(index)
      case .insufficientMemory: return
      }
    }
  }

  private func begin(_ index: Int) throws -> StartResult {
    let entry = entries[index]
    let trial = entry.trial
    let lock: TrialLock
    switch try TrialLock.take(store: directory, trialID: trial.id) {
    case .taken(let taken): lock = taken
    case .held(let holder) where holder?.isThisProcess == true:
      // The same trial twice in what was asked for: the second looks again when the first is done.
      return .passed
    case .held(let holder):
      let who = holder?.name ?? "another process"
      (entry.holder, entry.endedAs) = (who, "is being run by \(who)")
      printer.printLine(
        "\(trial.name): skipped, \(who) is running it")
      queue[index] = .over(isComplete: false)
      return .passed
    }
    defer { if !working.contains(where: { $0.lock === lock }) { lock.release() } }
    _ = try store.ingest()
    let decision =
      try entry.run.map { try planner.retry(trial, run: store.run(matching: $0)) }
      ?? planner.decide(trial, doneHere: completed(trial))
    entry.decision = decision
    if let run = decision.run, decision.action == .resume || decision.state == .completed {
      try refer(trial, to: run)
    }
    if decision.action == .skip {
      guard decision.state != .running || decision.job != nil else {
        let holder = decision.run.flatMap { try? RunFolder(store: directory, existing: $0).lockHolder }
        wait(
          entry,
          """
          \(trial.name): waits for the worker of run \(decision.run ?? "") to stop\(holder.map { " (\($0.name))" } ?? ""); \
          the process that started it has exited
          """)
        return .passed
      }
      entry.run = decision.run
      entry.endedAs = decision.state.map { "is \($0.name)" } ?? "was skipped"
      printer.printLine("\(trial.name): skipped, \(decision.why)")
      queue[index] = .over(isComplete: decision.state == .completed)
      return .passed
    }
    guard try hasRoom(for: index), hasCores(for: index) else {
      return queue.waiting.contains(index) ? .insufficientMemory : .passed
    }
    try start(index, decision, lock)
    return .started
  }

  /// The run of a trial's configuration that another trial of this command has completed.
  private func completed(_ trial: Trial) -> String? {
    let id = trial.id
    return entries.first { $0.isDoneHere && $0.trial.id == id }?.run
  }

  /// Whether the memory that a trial is planned to take is available now; a trial that can never have it fails.
  private func hasRoom(for index: Int) throws -> Bool {
    let entry = entries[index]
    let need = entry.decision.forecast.memoryBytes
    let most = options.memory ?? system.totalMemory()
    guard need <= most else {
      settle(
        index, isComplete: false,
        """
        it needs \(Quantity.bytes(need)) of memory, but at most \(Quantity.bytes(most)) can become available; lower \
        training.batch_size\(options.memory == nil ? "" : ", or raise --memory")
        """)
      return false
    }
    if working.isEmpty { memoryWhenIdle = options.memory ?? system.availableMemory() }
    let taken = working.map(\.memory).reduce(0, +)
    guard taken + need <= memoryWhenIdle else {
      wait(
        entry,
        """
        \(entry.trial.name): waits for memory: it needs \(Quantity.bytes(need)), and of \(Quantity.bytes(memoryWhenIdle)) \
        \(Quantity.bytes(taken)) are taken
        """)
      return false
    }
    return true
  }

  /// The threads of a trial: its own business where it measures something.
  func threads(of trial: Trial) -> Int { trial.measure?.threads ?? threads }

  /// Whether a trial can have its threads now; one for which there will never be cores enough is done with.
  ///
  /// What measures a cost has the machine to itself.
  private func hasCores(for index: Int) -> Bool {
    let trial = entries[index].trial
    let cores = system.cores()
    guard threads(of: trial) <= cores || trial.measure?.threads == nil else {
      settle(
        index, isComplete: false,
        "it needs \(threads(of: trial)) threads, but there are only \(cores) cores; lower measure.threads")
      return false
    }
    guard !working.isEmpty else { return true }
    let others = working.map { entries[$0.index].trial }
    if (others + [trial]).contains(where: { $0.measure?.cost != nil }) { return false }
    guard (others + [trial]).contains(where: { $0.measure?.threads != nil }) else { return true }
    return others.map(threads(of:)).reduce(0, +) + threads(of: trial) <= cores
  }

  private func start(_ index: Int, _ decision: TrialDecision, _ lock: TrialLock) throws {
    let entry = entries[index]
    let trial = decision.trial
    let run =
      decision.action == .resume && decision.run != nil
      ? decision.run!
      : try createRun(
        of: trial, in: directory, after: store.newestSequence(), forecast: decision.forecast
      ).run
    entry.run = run
    entry.cause = nil
    let kills = system.kills()
    let logOffset = logSize(run)
    let attemptsBefore = decision.action == .resume ? try store.run(matching: run).attempts : 0
    let folder = try RunFolder(store: directory, existing: run)
    // Before the worker can write: what it records from its start on is this attempt's.
    let follower = JournalFollower(
      folder,
      TrialProgress(
        trial: trial.name, epochs: trial.training.epochs, totalSteps: decision.forecast.steps,
        batchSize: trial.training.batchSize, startedAt: system.now()))
    let worker: any WorkerHandle
    do {
      let open = try folder.open()
      try job(of: trial).write(to: open)
      worker = try executor.start(in: open)
    } catch {
      try recordStartFailure(run, "\(error)")
      throw error
    }
    working.append(
      RunningWorker(
        index: index, run: run, worker: worker, lock: lock, memory: decision.forecast.memoryBytes,
        began: system.now(), killsBefore: kills, logOffset: logOffset, attemptsBefore: attemptsBefore,
        follower: follower))
    queue[index] = .working
    printer.printLine(
      """
      \(trial.name): \(decision.action == .resume ? "resuming" : "starting") run \(run), \
      \(decision.forecast.steps - decision.forecast.firstStep) steps on \
      \(threads(of: trial)) thread\(threads(of: trial) == 1 ? "" : "s")
      """)
  }

  /// What a worker is asked to do with a trial.
  func job(of trial: Trial, _ task: Job.Task = .train) -> Job {
    options.job(of: trial, task, threads: threads(of: trial))
  }

  private func wait(_ entry: Entry, _ sentence: String) {
    guard entry.lastWaitMessage != sentence else { return }
    entry.lastWaitMessage = sentence
    printer.printLine(sentence)
  }

  /// Done with a trial that is not run.
  private func settle(_ index: Int, isComplete: Bool, _ cause: String) {
    entries[index].cause = cause
    printer.printLine("\(entries[index].trial.name): not run: \(cause)")
    queue[index] = .over(isComplete: isComplete)
  }

  // MARK: Stopping

  /// Ctrl-Z stops the workers and then this process; when it is continued, so are they. The pause does not count as time of
  /// theirs.
  func handlePause(_ others: [any WorkerHandle] = []) {
    guard system.isPauseWanted() else { return }
    printer.finish()
    let workers = working.map(\.worker) + others
    let began = system.now()
    for worker in workers { worker.send(signal: SIGSTOP) }
    system.pause()
    for worker in workers { worker.send(signal: SIGCONT) }
    let seconds = system.now() - began
    for one in working { one.began += seconds }
  }

  /// The first signal asks the workers to stop after the current step; a second Ctrl-C kills them.
  func handleSignals() {
    let request = system.stop()
    guard request != handled, let number = request.number else { return }
    let isFirst = handled.number == nil
    let isSecondCtrlC = request.interrupts >= 2 && handled.interrupts < 2
    handled = request
    isStopping = true
    if isFirst {
      printer.printLine("vgglab: stopping after the current step; run the same command again to resume")
      ask(number == SIGINT ? .ctrlC : .signal(number))
    }
    if isSecondCtrlC {
      printer.printLine("vgglab: stopping at once")
      for one in working {
        one.asked = .secondCtrlC
        one.worker.send(signal: SIGKILL)
      }
    }
  }

  /// Asks all workers to stop after the current step.
  ///
  /// By SIGTERM, whatever came here: at a terminal a Ctrl-C reaches the workers as well, and a second one would end them at
  /// once.
  private func ask(_ reason: StopReason) {
    isStopping = true
    for one in working where one.asked == nil {
      one.asked = reason
      one.worker.send(signal: SIGTERM)
    }
  }

  private func enforceTimeLimit() {
    guard let limit = options.timeLimit else { return }
    for one in working where one.asked == nil && system.now() - one.began >= limit {
      one.asked = .timeLimit(seconds: limit)
      printer.printLine("\(entries[one.index].trial.name): time limit reached; it stops after the current step")
      one.worker.send(signal: SIGTERM)
    }
  }

  /// Kills workers that have not begun with their run after ``SystemInterface/startLimit``: they wait for what they will not
  /// get.
  private func enforceStartLimit() {
    for one in working where one.asked == nil && !one.follower.hasBegun && system.now() - one.began >= system.startLimit
    {
      one.asked = .startLimit(seconds: system.startLimit, process: one.worker.processID)
      one.worker.send(signal: SIGKILL)
    }
  }

  /// Something is wrong here: the workers are asked to stop and waited for.
  private func abandon() {
    printer.finish()
    ask(.failFast)
    while working.contains(where: { $0.worker.poll() == nil }) {
      handlePause()
      handleSignals()
      system.sleep(0.05)
    }
    working.removeAll()
  }

  // MARK: Ending

  private func follow() {
    let now = system.now()
    for one in working {
      for reached in one.follower.follow(now: now) { printer.reached(reached, now: now) }
    }
    printer.draw(
      working.map(\.follower.progress),
      total: TotalProgress(
        done: entries.count - working.count - queue.waiting.count, working: working.count,
        waiting: queue.waiting.count, secondsWaiting: secondsWaiting), now: now)
  }

  /// What the waiting trials will take, one after the other; nil if that is not known of all.
  private var secondsWaiting: Double? {
    var sum = 0.0
    for index in queue.waiting {
      let decision = entries[index].decision
      if decision.action == .skip || decision.trial.training.epochs == 0 { continue }
      guard let seconds = decision.forecast.seconds else { return nil }
      sum += seconds
    }
    return sum / Double(options.jobs)
  }

  private func reap() throws {
    for one in working {
      guard let end = one.worker.poll() else { continue }
      // What a whole process group was sent may have ended the worker before this process looked for it.
      handleSignals()
      working.removeAll { $0 === one }
      defer { one.lock.release() }
      let now = system.now()
      for reached in one.follower.follow(now: now) { printer.reached(reached, now: now) }
      let entry = entries[one.index]
      let kills = system.kills()
      let cause = WorkerCause(
        end, asked: one.asked, killsBefore: one.killsBefore, killsNow: kills,
        log: logText(one.run, from: one.logOffset),
        freeBytes: freeBytes(directory))
      var summary = try recordEnd(of: one, end, cause)
      if summary.state == .queued, one.failedToStart(end), !isStopping {
        let words = lastLine(logText(one.run, from: one.logOffset))
        try recordStartFailure(one.run, words ?? cause.sentence)
        summary = try store.run(matching: one.run)
      }
      if summary.state == .completed {
        printer.printLine("\(entry.trial.name): completed")
        entry.isDoneHere = true
        queue[one.index] = .over(isComplete: true)
        continue
      }
      let reason = summary.state == .failed ? summary.cause : cause.sentence
      entry.cause = reason
      entry.endedAs = "is \(summary.state.name)"
      printer.printLine("\(entry.trial.name): \(summary.state.name)\(reason.map { ", \($0)" } ?? "")")
      let isTransient =
        summary.state == .failed ? WorkerCause.mentionsFullDisk(summary.cause ?? "") : cause.isTransient
      if isTransient, entry.tries < options.retries, !isStopping {
        let delay = system.retryDelay(entry.tries)
        entry.tries += 1
        queue[one.index] = .waiting(notBefore: system.now() + delay)
        printer.printLine(
          "\(entry.trial.name): retrying in \(Quantity.duration(delay)) (retry \(entry.tries) of \(options.retries))")
        continue
      }
      queue[one.index] = .over(isComplete: false)
      if summary.state != .interrupted { failFast() }
    }
  }

  func failFast() {
    guard options.failFast, !isStopping else { return }
    ask(.failFast)
  }
}
