import ArgumentParser
import Lab

/// The process that takes one step of a trial; `run` starts it.
struct SmokeCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "smoke", abstract: "Take one step of a trial.", shouldDisplay: false)

  @Argument(help: "The trial's canonical configuration.")
  var trial: String

  @Option(name: .long, help: "Threads.")
  var threads: Int

  @Option(name: .long, help: "The kernels: fast or blas.")
  var kernels: KernelChoice = .fast

  @Option(name: .long, help: "The folder of the data set's files.")
  var data: String?

  @Flag(name: .long, help: "Stop when standard input ends.")
  var attached = false

  func execute() throws {
    let code = try SmokeStep(configuration: trial, threads: threads, data: data, kernels: kernels.path).take(
      attached: attached)
    if code != 0 { throw ExitCode(code) }
  }
}
