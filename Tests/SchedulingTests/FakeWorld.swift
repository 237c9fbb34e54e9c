import Experiments
import Files
import Foundation
import Journals
import Processes
import Scheduling
import Terminal

/// A clock that only moves when somebody sleeps, and signals, memory and workers to go with it.
final class FakeWorld: Executor {
  /// How a worker of a trial ends, and after how many seconds.
  enum Outcome {
    case completed(after: Double)
    case failed(cause: String, after: Double)
    case killed(signal: Int32, after: Double)
    /// Leaves nothing but an exit code and what it wrote to its log.
    case exited(Int32, log: String, after: Double)
    /// Works until it is told to stop.
    case endless
    /// Is started and does not begin.
    case hanging
  }

  let directory = NSTemporaryDirectory() + "vgglab-lab-\(UUID().uuidString)"
  var time = 0.0
  var stop = StopRequest()
  var available = Int.max
  var total = Int.max
  var kills = Memory.Kills(group: 0, machine: 0)
  /// By trial's name, one after the other; a trial without any completes after a second.
  var outcomes: [String: [Outcome]] = [:]
  /// Called whenever time has passed.
  var atMoments: [(time: Double, what: () -> Void)] = []

  /// What happened, in order: `begin first`, `end first`, `smoke first`.
  private(set) var story: [String] = []
  private(set) var beganAt: [Double] = []
  private(set) var said = ""
  private(set) var mostAtWork = 0
  fileprivate var atWork = 0 {
    didSet { mostAtWork = max(mostAtWork, atWork) }
  }
  /// What the smoke step of a network of so many channels divided by `ratio` writes before it fails.
  var smokeFailure: (String) -> String? = { _ in nil }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  static let three = """
    schema: 1
    experiment: fake
    dataset: {name: synthetic, resize: 32, train: 64, test: 32}
    network: {arch: vgg11, ratio: 32}
    training: {epochs: 1, batch_size: 16}
    trials:
      - {name: first}
      - {name: second, training: {seed: 1}}
      - {name: third, training: {seed: 2}}
    """

  func experiment(_ text: String = FakeWorld.three, only: [String] = []) throws -> Experiment {
    let file = "\(directory).yaml"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return try readExperiment(file: file, only: only)
  }

  var runner: ExperimentRunner {
    var system = SystemInterface()
    system.listen = {}
    system.now = { self.time }
    system.sleep = { self.pass($0) }
    system.stop = { self.stop }
    system.availableMemory = { self.available }
    system.totalMemory = { self.total }
    system.kills = { self.kills }
    return ExperimentRunner(
      store: directory, executor: self, system: system,
      printer: ProgressPrinter(isTerminal: false) { self.said += $0 })
  }

  @discardableResult
  func run(
    _ text: String = FakeWorld.three, only: [String] = [], options: RunOptions = RunOptions(threads: 1)
  ) throws -> [TrialOutcome] {
    try runner.run([experiment(text, only: only)], options: options)
  }

  private func pass(_ seconds: Double) {
    time += seconds
    precondition(time < 100_000, "it never ends:\n\(said)")
    while let next = atMoments.first, next.time <= time {
      atMoments.removeFirst()
      next.what()
    }
  }

  fileprivate func tell(_ sentence: String) { story.append(sentence) }

  func start(in folder: Files.Folder) throws -> any WorkerHandle {
    let job = try Job(in: folder)
    guard job.task == .train else {
      tell("smoke")
      let complaint = smokeFailure(job.configuration ?? "")
      if let complaint { try folder.write(RunFiles.log, Data("vgglab: \(complaint)\n".utf8)) }
      return EndedWorker(complaint == nil ? .exited(0) : .exited(1))
    }
    let run = try RunFolder(store: directory, existing: lastPathComponent(folder.path))
    guard case .run(let record)? = try readJournal(run).records.first else {
      throw CocoaError(.fileReadCorruptFile)
    }
    var left = outcomes[record.trial] ?? []
    let outcome = left.isEmpty ? .completed(after: 1) : left.removeFirst()
    outcomes[record.trial] = left
    tell("begin \(record.trial)")
    beganAt.append(time)
    if case .hanging = outcome { return HangingWorker() }
    return try FakeWorker(self, run, record.trial, outcome)
  }
}

/// Never begins with its run, and waits to be killed.
private final class HangingWorker: WorkerHandle {
  let processID: Int? = 4711
  private var end: ProcessEnd?
  func poll() -> ProcessEnd? { end }
  func send(signal: Int32) { if signal == SIGKILL { end = .killed(signal: signal) } }
}

private final class EndedWorker: WorkerHandle {
  let processID: Int? = nil
  private let end: ProcessEnd
  init(_ end: ProcessEnd) { self.end = end }
  func poll() -> ProcessEnd? { end }
  func send(signal: Int32) {}
}

/// Writes what a worker writes, when its time has come.
private final class FakeWorker: WorkerHandle {
  let processID: Int? = nil
  private unowned let world: FakeWorld
  private let folder: RunFolder
  private let trial: String
  private let outcome: FakeWorld.Outcome
  private let began: Double
  private let journal: JournalWriter
  private var lock: RunLock?
  private var signal: Int32?
  private var ended: ProcessEnd?

  init(_ world: FakeWorld, _ folder: RunFolder, _ trial: String, _ outcome: FakeWorld.Outcome) throws {
    self.world = world
    self.folder = folder
    self.trial = trial
    self.outcome = outcome
    began = world.time
    lock = try folder.acquireLock()
    journal = try JournalWriter(folder: folder)
    let attempts = try readJournal(folder).records.count { if case .attempt = $0 { true } else { false } }
    try journal.append([
      .attempt(
        AttemptRecord(
          attempt: attempts + 1, startedAt: "t",
          environment: EnvironmentRecord(
            vgglabVersion: "0", binaryDigest: "d", host: "h", processID: 1, operatingSystem: "o", cpu: "c", cores: 2,
            threads: 1, kernels: "fast", instructionSet: "i", blas: "b", blasCore: "c", dataDigests: [:])))
    ])
    world.atWork += 1
  }

  func send(signal: Int32) { self.signal = signal }

  func poll() -> ProcessEnd? {
    if ended == nil, let end = planned() {
      ended = end
      lock = nil
      world.atWork -= 1
      world.tell("end \(trial)")
    }
    return ended
  }

  private func planned() -> ProcessEnd? {
    if signal == SIGKILL { return .killed(signal: SIGKILL) }
    if signal != nil {
      try? journal.append([.event(EventRecord(at: "t", kind: "interrupted", message: "stopped"))])
      return .exited(75)
    }
    let passed = world.time - began
    switch outcome {
    case .endless, .hanging: return nil
    case .completed(let seconds): return passed < seconds ? nil : end(.completed, nil, 0)
    case .failed(let cause, let seconds): return passed < seconds ? nil : end(.failed, cause, 1)
    case .killed(let signal, let seconds): return passed < seconds ? nil : .killed(signal: signal)
    case .exited(let code, let log, let seconds):
      guard passed >= seconds else { return nil }
      try? Data(log.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/log"))
      return .exited(code)
    }
  }

  private func end(_ outcome: EndRecord.Outcome, _ cause: String?, _ code: Int32) -> ProcessEnd {
    try? journal.append([
      .end(
        EndRecord(outcome: outcome, cause: cause, at: "t", trainingSeconds: 1, seconds: 1, peakResidentBytes: 1))
    ])
    return .exited(code)
  }
}
