import ArgumentParser
import Worker

/// The process that does the job in a folder; `run` starts it.
struct WorkerCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Do the job in a run's folder.",
    discussion: helpText(
      examples: "worker .vgglab/runs/2ca1248d-7b029ece", also: [.stopped, .interrupted]),
    shouldDisplay: false)

  @Argument(help: "The run's folder, STORE/runs/RUN.")
  var folder: String

  @Flag(name: .long, help: "Stop when standard input ends.")
  var attached = false

  @Option(name: .long, help: "Seconds to wait for the run's lock.")
  var wait = 0

  func execute() throws {
    let code = try performJob(in: folder, attached: attached, waiting: wait, report: printError)
    if code != 0 { throw ExitCode(code) }
  }
}
