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
    let process = Process()
    process.executableURL = URL(fileURLWithPath: ProcessFacts.executable)
    process.arguments = arguments
    let output = FileHandle(fileDescriptor: log.number, closeOnDealloc: false)
    process.standardOutput = output
    process.standardError = output
    let lifeline = Pipe()
    process.standardInput = lifeline
    try process.run()
    try? lifeline.fileHandleForReading.close()
    return LocalWorker(process: process, lifeline: lifeline)
  }
}

private final class LocalWorker: WorkerHandle {
  private let process: Process
  private let lifeline: Pipe

  init(process: Process, lifeline: Pipe) {
    self.process = process
    self.lifeline = lifeline
  }

  func poll() -> WorkerEnd? {
    guard !process.isRunning else { return nil }
    return process.terminationReason == .exit
      ? .exited(process.terminationStatus) : .killed(signal: process.terminationStatus)
  }

  func send(signal: Int32) {
    // The number of a process that is gone may be another's by now.
    if process.isRunning { kill(process.processIdentifier, signal) }
  }
}
