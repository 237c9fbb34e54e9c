import ArgumentParser
import Foundation
import Provenance
import Text

@main
struct VGGLab: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vgglab",
    abstract: "Run experiments, record what they measure, build reports that can be verified.",
    discussion: helpText(
      """
      The experiments are those of the VGG chapter of Dive into Deep Learning, and your own. `vgglab new` writes \
      templates; `vgglab help COMMAND` explains a command.
      """,
      examples: "run experiments/resize.yaml --profile quick", "report",
      also: [.failed, .differs, .refuted, .stopped, .interrupted]),
    version: vgglabVersion,
    subcommands: [WorkerCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Training",
        subcommands: [NewCommand.self, RunCommand.self, PlanCommand.self, ResumeCommand.self, RerunCommand.self]),
      CommandGroup(
        name: "Inspection",
        subcommands: [
          ListCommand.self, ShowCommand.self, LogCommand.self, WatchCommand.self, CompareCommand.self,
          ServeCommand.self, QueryCommand.self,
        ]),
      CommandGroup(
        name: "Inference", subcommands: [PredictCommand.self, MistakesCommand.self, SummaryCommand.self]),
      CommandGroup(
        name: "Report",
        subcommands: [
          ReportCommand.self, VerifyCommand.self, ExtractCommand.self, WhenceCommand.self, ArchiveCommand.self,
        ]),
      CommandGroup(
        name: "Store",
        subcommands: [
          TagCommand.self, NoteCommand.self, RemoveCommand.self, RestoreCommand.self, GCCommand.self,
        ]),
      CommandGroup(
        name: "Exchange", subcommands: [ExportCommand.self, PushCommand.self, ImportCommand.self]),
      CommandGroup(
        name: "Diagnostic",
        subcommands: [DoctorCommand.self, VerifyResumeCommand.self, BenchCommand.self, KeysCommand.self]),
    ])

  /// As the protocol's own, but what the parser prints passes the function that everything printed passes: an argument
  /// can be a file's name that somebody else chose.
  static func main() {
    // A reader that is gone is an error of writing, for what the parser prints as well.
    signal(SIGPIPE, SIG_IGN)
    // And so is a limit on the size of files (`ulimit -f`).
    signal(SIGXFSZ, SIG_IGN)
    if let complaint = encodingComplaint() {
      printError("vgglab: \(complaint)")
      leave(64)
    }
    do {
      var command = try parseAsRoot(arguments)
      if let complaint = repeatedOptionComplaint(command, arguments) {
        printError(usageError(complaint, type(of: command)))
        leave(64)
      }
      try command.run()
    } catch {
      if let complaint = misspeltCommand() {
        printError(complaint)
        leave(64)
      }
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty {
        if code.isSuccess { output(message) } else { printError(message) }
      }
      leave(code.rawValue)
    }
    leave(0)
  }

  /// The arguments, with a statement of SQL that begins with a comment behind `--`: its dashes are none of an option's. Of
  /// `doctor --data=PATH` the parser forgets the path where an option follows, and of `--data PATH` it does not.
  private static var arguments: [String] {
    let given = Array(CommandLine.arguments.dropFirst())
    if given.first == "doctor" {
      let option = "--data="
      return given.flatMap { $0.hasPrefix(option) ? ["--data", String($0.dropFirst(option.count))] : [$0] }
    }
    guard given.first == "query", !given.contains("--"),
      let place = given.firstIndex(where: { $0.hasPrefix("--") && $0.contains(where: \.isNewline) })
    else { return given }
    return given[..<place] + given[(place + 1)...] + ["--", given[place]]
  }

  /// A sentence for arguments that begin with a word that is no command; nil if they do not.
  private static func misspeltCommand() -> String? {
    var words = Array(CommandLine.arguments.dropFirst())
    if words.first == "help" { words.removeFirst() }
    var path = "vgglab"
    var known = configuration.subcommands
    while let word = words.first, !word.hasPrefix("-"), !known.isEmpty {
      let index = known.firstIndex { $0._commandName == word || $0.configuration.aliases.contains(word) }
      guard let index else {
        let shown = known.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
        let near = nearest(to: word, among: shown)
        let remedy = near.map { "did you mean '\($0)'?" } ?? "`\(path) --help` lists the commands"
        return "vgglab: there is no command '\(path) \(word)'; \(remedy)"
      }
      let next = known[index].configuration
      guard next.defaultSubcommand == nil else { return nil }
      known = next.subcommands
      path += " \(word)"
      words.removeFirst()
    }
    return nil
  }
}
