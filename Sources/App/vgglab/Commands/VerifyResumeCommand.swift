import ArgumentParser
import Bench
import Files
import Foundation

struct VerifyResumeCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-resume", abstract: "Test that killed and resumed runs end bit for bit as undisturbed ones.",
    discussion: helpText(
      """
      Every trial is run twice in a temporary store: once undisturbed, and once with its worker killed (SIGKILL) \
      at random moments and resumed. Compared are all metric rows but clock times and rates, the final weights and \
      the test predictions.
      """, examples: "verify-resume mine.yaml --only small --kills 3", also: [.differs, .stopped, .interrupted]))

  @OptionGroup(title: "Common options") var format: JSONOptions
  @OptionGroup var options: ExperimentOptions

  @Option(name: .long, help: "How often each trial's worker is killed.")
  var kills = 5

  @Option(name: .long, help: "The seed that selects when workers are killed.")
  var seed: UInt64 = 0

  @Option(name: .long, help: "A folder for the two stores, which are then kept (default: a temporary one).")
  var store: String?

  func validate() throws {
    try checkOutputFolder(store, option: "--store")
    if kills < 0 || kills > 10_000 { throw ValidationError("--kills is \(kills); it must be from 0 to 10000") }
  }

  func execute() throws {
    let directory = try store ?? makeTemporaryFolder(prefix: "vgglab-verify")
    defer { if store == nil { try? FileManager.default.removeItem(atPath: directory) } }
    var check = ResumeCheck(directory: directory, kills: kills, seed: seed)
    let findings = try check.check(try options.experiments(), options: options.runOptions)
    output(format.json ? try json(findings) : ResumeCheck.table(findings))
    let untouched = findings.filter { $0.kills == 0 && kills > 0 }.map(\.trial)
    if !untouched.isEmpty {
      printError(
        "vgglab: never killed, for it ended before: \(untouched.joined(separator: ", ")); give it more training.epochs")
    }
    if !untouched.isEmpty || findings.contains(where: { !$0.isIdentical }) { throw ExitCode(2) }
  }
}
