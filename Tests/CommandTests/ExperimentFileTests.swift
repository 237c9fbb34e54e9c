import Foundation
import Testing

/// Experiment files as editors of all systems write them, options of any text, and filters.
@Suite struct ExperimentFileTests {
  private func outcome(_ text: String, _ arguments: String...) throws -> Program.Outcome {
    let program = try Program()
    defer { program.remove() }
    try program.write("f.yaml", text)
    return try program.run(["plan", "f.yaml"] + arguments)
  }

  static let small = """
    schema: 1
    experiment: small
    # a comment
    dataset: {name: synthetic, resize: 32, train: 32, test: 16}
    network: {arch: vgg11, ratio: 64}
    training:
      epochs: 1
      batch_size: 16

    """

  @Test(arguments: ["\n", "\r\n", "\r"])
  func linesEndAsTheyDo(end: String) throws {
    #expect(try outcome(Self.small.replacing("\n", with: end)).code == 0)
    #expect(try outcome("\u{FEFF}" + Self.small.replacing("\n", with: end)).code == 0)
    let doubled = try outcome((Self.small + "  epochs: 2\n").replacing("\n", with: end))
    #expect(doubled.code == 65)
    #expect(
      doubled.errors == """
        vgglab: f.yaml:9:3: key "epochs" is doubled: line 7 has it already
            epochs: 2
            ^

        """)
  }

  @Test func unusualSeparatorsEndNoLine() throws {
    let wrong = try outcome(Self.small.replacing("a comment", with: "a\u{2028}b\u{85}c") + "  epoch: 2\n")
    #expect(wrong.code == 65 && wrong.errors.contains("f.yaml:9:3: unknown key \"epoch\""), "\(wrong)")
  }

  @Test(arguments: [
    ("training: {\"epochs\": 1,\n  epochs: 2}", "f.yaml:4:3: key \"epochs\" is doubled"),
    (
      "training: {epochs: \"2\"}",
      "f.yaml:3:20: training.epochs is the text \"2\"; a whole number was expected: write 2 without quotes"
    ),
    ("training: {batch_size: 010}", "write 10"), ("training: {epochs: 1e1}", "write 10"),
    ("training: {shuffle: yes}", "write true"), ("training: {learning_rate: .inf}", "it must be finite"),
    ("dataset: {train: 1_000}", "write 1000"), ("dataset: {resize: 0x20}", "write 32"),
    ("training: {<<: 3}", "<< merges"), ("sweep: {training.seed: [0, 01]}", "write 1"),
    ("网: {a: b}", "f.yaml:3:1: unknown key \"网\""),
  ])
  func whatIsWrongSaysHowToWriteIt(line: String, sentence: String) throws {
    let outcome = try outcome("schema: 1\nexperiment: a\n\(line)\n")
    #expect(outcome.code == 65 && outcome.errors.contains(sentence), "\(outcome)")
  }

  @Test(arguments: [
    "# \(String(repeating: "-", count: 300))\n", "# \(String(repeating: "[0, 1) ", count: 260))\n",
    "question: \"\(String(repeating: "[", count: 300))\"\n", "question: it's {[(fine\n",
  ])
  func commentsAndTextsAreNoNesting(line: String) throws { #expect(try outcome(line + Self.small).code == 0) }

  @Test(arguments: [
    ["training.max_steps="], ["dataset.path=@data", "dataset.name=fashion-mnist"],
    ["dataset.path=my data #1", "dataset.name=fashion-mnist"], ["dataset.path=null", "dataset.name=fashion-mnist"],
    ["network.width_divisor=32"], ["dataset.train="],
  ])
  func optionsTakeAnyText(overrides: [String]) throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("f.yaml", Self.small)
    let outcome = try program.run(["plan", "f.yaml"] + overrides.flatMap { ["--set", $0] })
    #expect(outcome.code == 0, "\(outcome)")
  }

  @Test func anUnqualifiedKeyIsSuggested() throws {
    let outcome = try outcome(Self.small, "--set", "learning_rate=0.1")
    #expect(outcome.code == 64 && outcome.errors.contains("\"training.learning_rate\""), "\(outcome)")
  }

  /// The errors of the file and those of the options come together, each once.
  @Test func allErrorsComeAtOnce() throws {
    let options = ["--set", "learning_rate=0.1", "--set", "training.epochs=many", "--set", "network.ratio"]
    func check(_ text: String, _ more: [String] = [], code: Int32, _ words: [String]) throws {
      let program = try Program()
      defer { program.remove() }
      try program.write("f.yaml", text)
      for files in [["f.yaml"], ["f.yaml", "f.yaml"]] {
        let outcome = try program.run(["plan"] + files + options + more)
        #expect(outcome.code == code, "\(outcome)")
        for word in words + [
          "did you mean \"training.learning_rate\"?", "--set training.epochs=many", "write key=value",
        ] {
          #expect(outcome.errors.contains(word), "\(word): \(outcome)")
        }
        #expect(outcome.errors.split(separator: "learning_rate=0.1").count == 2, "\(outcome)")
      }
    }
    try check(Self.small, code: 64, [])
    try check(Self.small + "  epoch: 3\n  momentum: 2\n", code: 65, ["unknown key", "training.momentum"])
    try check("schema: 1\nexperiment: [\n", code: 65, ["f.yaml"])
    try check(Self.small, ["--profile", "none-such"], code: 64, ["has no profile \"none-such\""])
    try check(Self.small, ["--only", "none-such"], code: 64, ["has no trial \"none-such\""])
    let missing = try Program()
    defer { missing.remove() }
    let outcome = try missing.run(["plan", "nowhere.yaml"] + options)
    #expect(
      outcome.code == 66 && outcome.errors.contains("nowhere.yaml") && outcome.errors.contains("training.epochs=many"))
  }

  @Test func filtersTakeEveryDocumentedField() throws {
    var program = try Program()
    program.environment["COLUMNS"] = "200"
    defer { program.remove() }
    try program.write(
      "f.yaml", Self.small.replacing("experiment: small", with: "experiment: none") + "  seed: 18446744073709551615\n")
    #expect(try program("run", "f.yaml").code == 0)
    func lines(_ arguments: String...) throws -> Int {
      let outcome = try program.run(["list"] + arguments)
      #expect(outcome.code == 0, "\(outcome)")
      return outcome.output.split(separator: "\n").count
    }
    #expect(try lines("--experiment", "none") == 2)
    for filter in [
      "outcome=completed", "repeat=1", "network!=none", "dropout=0.5", "hidden=4096", "measure=none", "trial='none'",
      "seed=18446744073709551615", "seed!=18446744073709551614", "experiment=none", "shuffle=true",
    ] {
      #expect(try lines("--filter", filter) == 2, "\(filter)")
    }
    for filter in ["measure=cost", "seed=18446744073709551614", "seed!=18446744073709551615", "hidden<4096"] {
      #expect(try lines("--filter", filter) == 1, "\(filter)")
    }
    let wrong = try program("list", "--filter", "test_acuracy>0.5")
    #expect(wrong.code == 64 && wrong.errors.contains("did you mean 'test_accuracy'"), "\(wrong)")
    #expect(!wrong.errors.contains("activation_floats"))
  }
}
