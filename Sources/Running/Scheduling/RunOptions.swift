import Experiments
import Files
import Journals
public import Processes
public import Training

/// How the trials of some experiments are to be run.
public struct RunOptions: Sendable, Hashable {
  public var profile: String?
  public var only: [String]
  public var overrides: [String]
  /// Trials at once.
  public var jobs: Int
  /// Threads a trial; nil for the cores divided by the jobs.
  public var threads: Int?
  public var rerun: Bool
  public var failed: Bool
  public var failFast: Bool
  /// How often a trial is retried after a transient failure: killed, out of memory, disk full.
  public var retries: Int
  /// The folder of the data set's files, before all other places.
  public var data: String?
  public var kernels: KernelPath
  /// Seconds between two checkpoints of a run.
  public var checkpointSeconds: Double
  public static let defaultCheckpointSeconds = 60.0
  /// Seconds that a trial's worker may work; nil for no limit.
  public var timeLimit: Double?
  /// Memory limit of all running trials together, in bytes; nil for what the machine has.
  public var memory: Int?
  /// One step of each long trial before the work begins.
  public var smoke: Bool

  public init(
    profile: String? = nil, only: [String] = [], overrides: [String] = [], jobs: Int = 1, threads: Int? = nil,
    rerun: Bool = false, failed: Bool = false, failFast: Bool = false, retries: Int = 0, data: String? = nil,
    kernels: KernelPath = .fast, checkpointSeconds: Double = Self.defaultCheckpointSeconds, timeLimit: Double? = nil,
    memory: Int? = nil,
    smoke: Bool = true
  ) {
    self.profile = profile
    self.only = only
    self.overrides = overrides
    self.jobs = jobs
    self.threads = threads
    self.rerun = rerun
    self.failed = failed
    self.failFast = failFast
    self.retries = retries
    self.data = data
    self.kernels = kernels
    self.checkpointSeconds = checkpointSeconds
    self.timeLimit = timeLimit
    self.memory = memory
    self.smoke = smoke
  }

  /// The threads of each trial on this machine.
  ///
  /// Throws ``SchedulingError/tooManyThreads(jobs:threads:cores:)`` where the jobs would fight for cores.
  public func threadsPerTrial(cores: Int = Processor.cores) throws(SchedulingError) -> Int {
    guard jobs >= 1 else { throw .notPositive(option: "--jobs", value: jobs) }
    if let threads, threads < 1 { throw .notPositive(option: "--threads", value: threads) }
    let each = threads ?? max(1, cores / jobs)
    guard each <= cores / jobs else { throw .tooManyThreads(jobs: jobs, threads: each, cores: cores) }
    return each
  }

  /// What a worker is asked to do with a trial.
  func job(of trial: Trial, _ task: Job.Task = .train, threads: Int) -> Job {
    Job(
      task: task, configuration: task == .train ? nil : trial.canonicalText, threads: threads,
      kernels: kernels.rawValue, checkpointSeconds: checkpointSeconds,
      data: (data ?? trial.dataset.path).map(absolutePath))
  }
}
