package import Files
import Foundation
import Journals
package import Processes

/// A running worker.
package protocol WorkerHandle: AnyObject {
  /// The number of its process, where it has one on this machine.
  var processID: Int? { get }
  /// How it ended; nil while it works.
  func poll() -> ProcessEnd?
  func send(signal: Int32)
}

/// Starts workers, each for the job in a folder: on this machine, or elsewhere.
package protocol Executor {
  /// Starts a worker in a run's folder, or in another that has a job. Throws `ProcessError` and `FileError`.
  func start(in folder: Folder) throws -> any WorkerHandle
}

/// Workers as processes of this machine: the program itself with its hidden command.
///
/// A worker's output goes to the folder's log. Its standard input is a pipe that this process holds open: when this process dies,
/// however it dies, the worker sees the pipe's end and stops.
package struct LocalExecutor: Executor {
  package init() {}

  package func start(in folder: Folder) throws -> any WorkerHandle {
    // OpenBLAS would start threads of its own, which wait for memory that a limit refuses.
    let environment = ProcessInfo.processInfo.environment.merging(["OPENBLAS_NUM_THREADS": "1"]) { $1 }
    let log = try folder.file(RunFiles.log, .append)
    let (input, lifeline) = try ChildProcess.pipe()
    return LocalWorker(
      try ChildProcess(
        ChildProcess.itself, ["worker", folder.path, "--attached"], environment: environment, input: input, output: log,
        errors: log), lifeline: lifeline)
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

  var processID: Int? { Int(process.id) }

  func poll() -> ProcessEnd? { process.poll() }

  func send(signal: Int32) {
    // Where SIGTERM was ignored when this program began, the worker ignores it too.
    if signal == SIGTERM { lifeline = nil }
    process.send(signal: signal)
  }
}
