import Foundation
import Testing

/// What `list`, `compare` and `plan` show in how many columns.
@Suite struct ListLookTests {
  /// Long names that differ in the middle, and two seeds.
  static let long = """
    schema: 1
    experiment: an-experiment-with-a-long-name
    question: Does the learning rate matter?
    dataset: {name: synthetic, resize: 32, train: 32, test: 16}
    network: {arch: vgg11, ratio: 64, hidden: 16}
    training: {epochs: 1, batch_size: 16, learning_rate: 0.02, momentum: 0.9}
    trials:
      - name: a-trial-with-a-large-learning-rate-and-a-long-name
        training: {learning_rate: 0.04}
      - name: a-trial-with-a-small-learning-rate-and-a-long-name
        training: {learning_rate: 0.01}
    sweep: {training.seed: [0, 1, 2]}
    profiles:
      quick: {dataset: {train: 16}}

    """

  static func store() throws -> Program {
    var program = try Program()
    program.environment["COLUMNS"] = ""
    try program.write("long.yaml", long)
    let outcome = try program("run", "long.yaml", "--quiet")
    #expect(outcome.code == 0, "\(outcome)")
    // Progress is left out, results are not.
    #expect(!outcome.errors.contains("epoch 1.00/1") && outcome.output.contains("completed"), "\(outcome)")
    return program
  }

  @Test func listsFitTheTerminalAndNoTwoRunsLookAlike() throws {
    var program = try Self.store()
    defer { program.remove() }
    for changes in [["--set", "training.learning_rate=0.5"], ["--profile", "quick"]] {
      let outcome = try program.run(
        ["run", "long.yaml", "--only", "a-trial-with-a-small-learning-rate-and-a-long-name"] + changes)
      #expect(outcome.code == 0, "\(outcome)")
    }
    let narrow = try program("list")
    #expect(narrow.code == 0 && Program.width(narrow.output) <= 80, "\(narrow.output)")
    let rows = narrow.output.split(separator: "\n").filter { $0.contains(/[0-9a-f]{8}-[0-9a-f]{8}/) }
    #expect(rows.count == 12)
    // Without the run's id and its times they are different still, but for seeds of one name.
    #expect(narrow.output.contains("all: experiment an-experiment-with-a-long-name, state completed"))
    #expect(narrow.output.contains("profile quick: dataset.train=16"))
    #expect(rows.count { $0.contains("learning_rate=0.5") } == 3 && rows.count { $0.contains("…") } > 0)
    #expect(!narrow.output.contains("\u{1B}") && !narrow.output.contains("\u{2588}"))
    let names = rows.map { $0.split(separator: " ", omittingEmptySubsequences: true)[1...2].joined(separator: " ") }
    #expect(Set(names).count >= 6, "\(names)")
    program.environment["COLUMNS"] = "240"
    let wide = try program("list").output
    for title in ["train loss", "train acc", "images/s", "created (UTC)"] { #expect(wide.contains(title), "\(wide)") }
    #expect(wide.contains("a-trial-with-a-large-learning-rate-and-a-long-name seed=0"))
    for width in ["60", "100", "120"] {
      program.environment["COLUMNS"] = width
      #expect(try Program.width(program("list").output) <= Int(width)!)
    }
    // One run alone says what it is as well.
    program.environment["COLUMNS"] = ""
    let one = try program("list", "--filter", "learning_rate=0.5", "--limit", "1")
    #expect(Program.width(one.output) <= 80 && one.output.contains("learning_rate=0.5"), "\(one.output)")
    #expect(one.output.contains("an-experiment-with-a-long-name") && one.output.contains("completed"))
  }

  @Test func colorsAndBarsAreForTerminals() throws {
    let program = try Self.store()
    defer { program.remove() }
    let list = try program.onTerminal(["list"], columns: 150)
    #expect(list.code == 0 && Program.width(list.output) <= 150, "\(list.output)")
    #expect(list.output.contains("\u{1B}[2m") && list.output.contains(/[\u{2588}-\u{258F}]/), "\(list.output)")
    #expect(try Program.width(program.onTerminal(["list"], columns: 80).output) <= 80)
    for (arguments, variables) in [
      (["list"], ["NO_COLOR": "1"]), (["list", "--quiet"], [:]), (["list"], ["TERM": "dumb"]),
    ]
      as [([String], [String: String])]
    {
      let plain = try program.onTerminal(arguments, columns: 150, variables)
      #expect(plain.code == 0 && !plain.output.contains("\u{1B}"), "\(plain.output)")
    }
    #expect(try !program.onTerminal(["list", "--quiet"], columns: 150).output.contains(/[\u{2588}-\u{258F}]/))
    // COLUMNS goes before the terminal's own width.
    #expect(try Program.width(program.onTerminal(["list"], columns: 200, ["COLUMNS": "70"]).output) <= 70)
    for command in [["compare", "an-experiment-with-a-long-name"], ["plan", "long.yaml"]] {
      let outcome = try program.onTerminal(command, columns: 100)
      #expect(outcome.code == 0 && outcome.output.contains("\u{1B}["), "\(outcome.output)")
    }
  }

  @Test func anExperimentIsComparedByItsName() throws {
    let program = try Self.store()
    defer { program.remove() }
    let outcome = try program("compare", "an-experiment-with-a-long-name")
    #expect(outcome.code == 0 && Program.width(outcome.output) <= 80, "\(outcome)")
    #expect(outcome.output.contains("runs 3") && outcome.output.contains("seeds 0-2"), "\(outcome.output)")
    // A line a trial: its mean, its interval, and the difference to the first.
    let rows = outcome.output.split(separator: "\n").filter { $0.hasPrefix("A  ") || $0.hasPrefix("B  ") }
    #expect(rows.count == 2 && rows.allSatisfy { $0.contains(" ± ") }, "\(rows)")
    #expect(outcome.output.contains("training.learning_rate") && outcome.output.contains("95 % interval"))
    let json = try #require(
      JSONSerialization.jsonObject(
        with: Data(program("compare", "an-experiment-with-a-long-name", "--json").output.utf8)) as? [String: Any])
    let groups = try #require(json["groups"] as? [[String: Any]])
    #expect(groups.map { ($0["members"] as? [Any])?.count } == [3, 3])
    // The newest run of each trial, and those of one profile.
    let only = "a-trial-with-a-small-learning-rate-and-a-long-name"
    #expect(try program("run", "long.yaml", "--only", only, "--profile", "quick").code == 0)
    let mixed = try program("compare", "an-experiment-with-a-long-name")
    #expect(mixed.code == 0 && mixed.errors.contains("different profiles (none, quick)"), "\(mixed)")
    #expect(mixed.output.contains("dataset.train"))
    let full = try program("compare", "an-experiment-with-a-long-name", "--profile", "none")
    #expect(full.output == outcome.output && full.errors == "", "\(full)")
    for (arguments, code, words) in [
      (["no-such-name"], 66, "no-such-name"),
      (["an-experiment-with-a-long-name", "--profile", "other"], 64, "no complete run of the profile 'other'"),
    ] as [([String], Int32, String)] {
      let wrong = try program.run(["compare"] + arguments)
      #expect(wrong.code == code && wrong.errors.contains(words), "\(wrong)")
    }
  }

  @Test func plansHaveTotals() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let new = try program("plan", "tiny.yaml")
    #expect(new.output.contains("total: 2 trials (2 new), time unknown, memory ") && new.output.contains(", disk "))
    #expect(try program("run", "tiny.yaml", "--only", "small").code == 0)
    let part = try program("plan", "tiny.yaml")
    #expect(part.output.contains("total: 2 trials (1 new, 1 skip), "), "\(part.output)")
    let again = try program("plan", "tiny.yaml", "--rerun", "--jobs", "2")
    #expect(again.output.contains("total: 2 trials (1 new, 1 again), time "))
    #expect(try program("run", "tiny.yaml").code == 0)
    let done = try program("plan", "tiny.yaml").output
    #expect(done.contains("total: 2 trials (2 skip), nothing to do\n") && !done.contains("memory 0"), "\(done)")
  }
}
