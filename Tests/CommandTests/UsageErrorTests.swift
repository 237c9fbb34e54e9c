import Foundation
import Testing

/// Wrong arguments, whoever finds them, and readers that are gone before anything is printed.
@Suite struct UsageErrorTests {
  @Test(arguments: [
    (["list", "--limit", "0"], "vgglab list"), (["list", "--group-by", "run,run"], "vgglab list"),
    (["summary", "vgg11", "--ratio", "0"], "vgglab summary"), (["new", "experiment", "."], "vgglab new"),
    (["new", "notebook", ""], "vgglab new"), (["plan", "tiny.yaml", "--partition", "x"], "vgglab plan"),
    (["run", "tiny.yaml", "--account", "x"], "vgglab run"),
    (["archive", "create", "x", "--runs", ""], "vgglab archive create"),
  ])
  func theCommandsUsageAndItsHelpFollow(arguments: [String], command: String) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let outcome = try program.run(arguments)
    #expect(outcome.code == 64 && outcome.output.isEmpty && !program.exists(".vgglab"), "\(outcome)")
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasPrefix("Error: ") && lines[1].hasPrefix("Usage: \(command) "), "\(outcome)")
    #expect(lines.last == "  See '\(command) --help' for more information.", "\(outcome)")
  }

  /// The parser keeps the last value; the others would be dropped without a word.
  @Test(arguments: [
    (["list", "--state", "failed", "--state=completed"], "--state"),
    (["plan", "tiny.yaml", "--only", "small", "--only", "smaller"], "--only"),
    (["run", "tiny.yaml", "--profile", "quick", "-q", "--profile", "quick"], "--profile"),
    (["export", "--all", "--format", "csv", "-o", "a", "--output", "b"], "--output"),
    (["archive", "create", "x", "--runs", "a", "--runs", "b"], "--runs"),
    (["list", "--limit", "3", "--limit=4"], "--limit"),
    (["doctor", "--data", "-o", "a.png", "-o", "b.png"], "--output"),
  ])
  func optionsOfOneValueAreGivenOnce(arguments: [String], name: String) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let outcome = try program.run(arguments)
    #expect(outcome.code == 64 && !program.exists(".vgglab") && !program.exists("reports"), "\(outcome)")
    #expect(outcome.errors.contains("\(name) is given twice; give it once"), "\(outcome)")
    #expect(outcome.errors.contains("\nUsage: vgglab \(arguments[0]) "), "\(outcome)")
    // Those of several values may be given again, and values may look like options.
    let plan = ["plan", "tiny.yaml", "--set", "training.seed=1", "--set", "training.epochs=1", "--quiet", "-q"]
    #expect(try program.run(plan).code == 0)
    let list = ["list", "--sort", "-store", "--filter", "seed=1", "--filter", "seed=1", "--store", "."]
    #expect(try !program.run(list).errors.contains("twice"))
  }

  /// The reader has ended before the program starts.
  @Test(
    arguments: [
      ("--version", 0), ("--help", 0), ("run --help", 0), ("keys", 0), ("nope", 64), ("list --nope", 64),
      ("show x", 66),
    ] as [(String, Int32)])
  func aReaderThatIsGoneIsNoSignal(arguments: String, code: Int32) throws {
    let program = try Program()
    defer { program.remove() }
    let shell = try StartStopTests.Shell(
      program, "exec 3> >(exec true); wait $!; \"$P\" \(arguments) >&3 2>&3")
    #expect(shell.end() == code, "\(arguments)")
  }
}
