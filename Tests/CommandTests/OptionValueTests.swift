import Foundation
import Testing

/// Values of options that are empty, that name what is not there, or that nothing takes.
@Suite struct OptionValueTests {
  @Test(arguments: [
    ["predict", "a", "x.png", "--data", ""], ["predict", "a", "x.png", "--weights", ""],
    ["plan", "tiny.yaml", "--data", ""], ["run", "tiny.yaml", "--data", ""], ["list", "--experiment", ""],
    ["compare", "a", "b", "--profile", ""], ["archive", "create", "x", "--runs", ""],
    ["archive", "create", "x", "--runs", "a,,b"], ["verify", "x", "--store", ""],
    ["import", "mlflow", "--url", "http://127.0.0.1:9", "--experiment", ""],
  ])
  func emptyValuesAreRefused(arguments: [String]) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let outcome = try program.run(arguments)
    #expect(outcome.code == 64 && outcome.output.isEmpty, "\(arguments): \(outcome)")
    #expect(outcome.errors.contains("empty"), "\(arguments): \(outcome)")
    #expect(!program.exists(".vgglab"))
  }

  @Test func aFolderOfDataThatIsNamedIsThere() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    // The images are generated.
    for command in ["plan", "run"] {
      for (folder, sentence) in [("nope", "there is no folder nope"), ("tiny.yaml", "tiny.yaml is no folder")] {
        let outcome = try program(command, "tiny.yaml", "--data", folder)
        #expect(outcome.code == 66 && outcome.output.isEmpty && outcome.errors.contains(sentence), "\(outcome)")
      }
    }
    #expect(!program.exists(".vgglab"))
    #expect(try program("plan", "tiny.yaml", "--data", ".").code == 0)
    let described = ["tiny.yaml", "--only", "small", "--set", "training.epochs=0"]
    #expect(try program.run(["run"] + described).code == 0)
    // What is complete needs nothing.
    for command in ["plan", "run"] { #expect(try program.run([command] + described + ["--data", "nope"]).code == 0) }
    let predict = try program("predict", "small", "x.png", "--data", "nope")
    #expect(predict.code == 66 && predict.errors.contains("there is no folder nope"), "\(predict)")
    let image = try program("predict", "small", "x.png", "--data", ".")
    #expect(image.code == 66 && image.errors.contains("x.png: there is no such file"), "\(image)")
  }

  @Test func anExperimentThatIsNamedIsThere() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    for more in [[], ["--json"], ["--columns", "run"], ["--group-by", "trial"], ["--removed"]] {
      let outcome = try program.run(["list", "--experiment", "tinyy"] + more)
      #expect(outcome.code == 66 && outcome.output.isEmpty, "\(more): \(outcome)")
      #expect(
        outcome.errors == "vgglab: there is no experiment 'tinyy' in the store; did you mean 'tiny'?\n", "\(outcome)")
    }
    #expect(try program("list", "--experiment", "tiny", "--filter", "trial=other").output == "no runs\n")
    #expect(try program("rm", "small").code == 0)
    #expect(try program("list", "--experiment", "tiny").code == 66)
    #expect(try program("list", "--experiment", "tiny", "--removed").output.contains("small"))
  }

  @Test func aProfileThatSelectsNothingIsRefused() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    for (arguments, sentence) in [
      (["small", "small"], "--profile selects among an experiment's runs"), (["small"], "--profile selects"),
      (["tiny"], "the experiment 'tiny' has no complete run of the profile 'nope'"),
      (["--load", "pair"], "--profile selects among an experiment's runs"),
    ] {
      let outcome = try program.run(["compare"] + arguments + ["--profile", "nope"])
      #expect(outcome.code == 64 && outcome.output.isEmpty && outcome.errors.contains(sentence), "\(outcome)")
    }
  }

  @Test func verifyReadsAPageFromStandardInput() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    try program.write("n.md", FirstHourTests.page)
    #expect(try program("report", "n.md", "--out", "out").code == 0)
    for (script, code, words) in [
      ("\"$P\" verify - < out/index.html", 0, "6 of 6 numbers verified"),
      ("\"$P\" verify - --store .vgglab < out/index.html", 0, "compared with the journals in .vgglab"),
      ("{ cat out/index.html; echo more; } | \"$P\" verify -", 2, "-:"),
      ("echo '<p>' | \"$P\" verify -", 65, "-: carries no evidence"),
    ] as [(String, Int32, String)] {
      let shell = try StartStopTests.Shell(program, script)
      #expect(shell.end() == code && shell.text.contains(words), "\(script): \(shell.text)")
    }
  }
}
