import ArgumentParser
import Lab

/// The process that works on one run; `run` starts it.
struct WorkerCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Work on one run.", shouldDisplay: false)

  @OptionGroup var store: StoreOptions

  @Argument(help: "The run's id.")
  var run: String

  @Option(name: .long, help: "Threads.")
  var threads: Int

  @Option(name: .long, help: "The kernels: fast or blas.")
  var kernels: KernelChoice = .fast

  @Option(name: .long, help: "The folder of the data set's files.")
  var data: String?

  @Option(name: .long, help: "Seconds between two checkpoints.")
  var checkpointSeconds = 60.0

  @Flag(name: .long, help: "Stop when standard input ends.")
  var attached = false

  func execute() throws {
    let code = try Worker(
      store: store.directory, run: run, threads: threads, data: data, kernels: kernels.path,
      checkpointSeconds: checkpointSeconds
    ).work(attached: attached)
    if code != 0 { throw ExitCode(code) }
  }
}
