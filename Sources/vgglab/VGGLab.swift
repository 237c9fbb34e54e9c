import ArgumentParser
import Foundation
import Lab

@main
struct VGGLab: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vgglab",
    abstract:
      "Runs the experiments of the VGG chapter of Dive into Deep Learning, keeps what was measured, and weaves reports from it.",
    discussion: """
      vgglab run experiments/resize.yaml --profile quick
      vgglab report

      Exit codes: 0 done, 1 some trial failed, 2 a verification found a difference, 64 usage, 65 bad input data, \
      66 an input is missing, 74 input/output error, 75 stopped by a signal and can be resumed, 130 Ctrl-C.
      """,
    version: vgglabVersion,
    subcommands: [
      RunCommand.self, PlanCommand.self, VerifyResumeCommand.self, ListCommand.self, ShowCommand.self, LogCommand.self,
      WatchCommand.self,
      CompareCommand.self, TagCommand.self, NoteCommand.self, RemoveCommand.self, RestoreCommand.self,
      CollectCommand.self, SummaryCommand.self, ReportCommand.self, VerifyCommand.self,
      ExtractCommand.self, WhenceCommand.self, ArchiveCommand.self, QueryCommand.self, ExportCommand.self,
      BenchCommand.self, DoctorCommand.self, WorkerCommand.self, SmokeCommand.self, KeysCommand.self,
    ])

  /// As the protocol's own, but what the parser prints passes the function that everything printed passes: an argument
  /// can be a file's name that somebody else chose.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty {
        if code.isSuccess { output(message) } else { complain(message) }
      }
      leave(code.rawValue)
    }
    leave(0)
  }
}
