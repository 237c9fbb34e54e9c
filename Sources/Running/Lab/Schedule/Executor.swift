package import Files
import Foundation
import Journals
package import Training

/// What a worker is to do.
package struct Job: Sendable, Hashable {
  package var store: String
  package var run: String
  package var threads: Int
  package var data: String?
  package var kernels: KernelPath
  package var checkpointSeconds: Double
}

/// A step that is to be tried before the work begins.
package struct SmokeJob: Sendable {
  /// The trial's canonical configuration.
  package var configuration: String
  package var threads: Int
  package var data: String?
  package var kernels: KernelPath
  /// The file for what the process writes.
  package var log: Descriptor
}

/// How a worker ended.
package enum WorkerEnd: Sendable, Hashable {
  case exited(Int32)
  case killed(signal: Int32)
}

/// A worker at work.
package protocol WorkerHandle: AnyObject {
  /// How it ended; nil while it works.
  func poll() -> WorkerEnd?
  func send(signal: Int32)
}

/// Starts workers: on this machine, or elsewhere.
package protocol Executor {
  func start(_ job: Job) throws -> any WorkerHandle
  func start(_ job: SmokeJob) throws -> any WorkerHandle
}

/// Workers as processes of this machine: the program itself with its hidden commands.
///
/// A worker's output goes to the run's log. Its standard input is a pipe that this process holds open: when this
/// process dies, however it dies, the worker sees the pipe's end and stops.
struct LocalExecutor: Executor {
  func start(_ job: Job) throws -> any WorkerHandle {
    var arguments = [
      "worker", job.run, "--store", job.store, "--threads", "\(job.threads)", "--kernels", job.kernels.rawValue,
      "--checkpoint-seconds", "\(job.checkpointSeconds)",
      "--attached",
    ]
    if let data = job.data { arguments += ["--data", data] }
    return try start(
      arguments, log: try RunFolder(store: job.store, existing: job.run).open().file(RunFiles.log, .append))
  }

  func start(_ job: SmokeJob) throws -> any WorkerHandle {
    var arguments = [
      "smoke", job.configuration, "--threads", "\(job.threads)", "--kernels", job.kernels.rawValue, "--attached",
    ]
    if let data = job.data { arguments += ["--data", data] }
    return try start(arguments, log: job.log)
  }

  private func start(_ arguments: [String], log: Descriptor) throws -> any WorkerHandle {
    // OpenBLAS would start threads of its own, which wait for memory that a limit refuses.
    let environment = ProcessInfo.processInfo.environment.merging(["OPENBLAS_NUM_THREADS": "1"]) { $1 }
    let (input, lifeline) = try ChildProcess.pipe()
    return LocalWorker(
      try ChildProcess(
        ChildProcess.itself, arguments, environment: environment, input: input, output: log, errors: log),
      lifeline: lifeline)
  }
}

private final class LocalWorker: WorkerHandle {
  private let process: ChildProcess
  /// The write end of the pipe that is the worker's standard input; nil once it is closed.
  private var lifeline: Descriptor?

  init(_ process: ChildProcess, lifeline: Descriptor) {
    self.process = process
    self.lifeline = lifeline
  }

  func poll() -> WorkerEnd? { process.poll() }

  func send(signal: Int32) {
    // Where SIGTERM was ignored when this program began, the worker ignores it too.
    if signal == SIGTERM { lifeline = nil }
    process.send(signal: signal)
  }
}
