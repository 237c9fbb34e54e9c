import PositionedYAML
import Testing
import Text

@Suite struct YAMLTests {
  static func problems(_ text: String, read: (YAMLReader) -> Void = { _ in }) -> String {
    do {
      let reader = YAMLReader(try parseYAML(text, file: "f.yaml"))
      read(reader)
      try reader.finish()
      return ""
    } catch { return "\(error)" }
  }

  @Test func placesAreKept() throws {
    let root = try parseYAML("a: 1\nb:\n  - x\n  - {c: 'y'}\n", file: "f").root
    guard case .mapping(let entries) = root.content, case .sequence(let items) = entries[1].value.content,
      case .mapping(let inner) = items[1].content
    else {
      Issue.record("another structure: \(root)")
      return
    }
    #expect(entries.map(\.key) == ["a", "b"])
    #expect(entries[1].line == 2 && entries[1].column == 1)
    #expect(entries[0].value.content == .scalar("1", plain: true))
    #expect(items[0].line == 3 && items[0].column == 5)
    #expect(inner[0].line == 4 && inner[0].column == 6)
    #expect(inner[0].value.content == .scalar("y", plain: false))
  }

  @Test func aProblemHasItsLineAndACaret() {
    let text = "name: x\nlevel: {deep: seven}\n"
    let found = Self.problems(text) { reader in
      let entries = reader.mapping(reader.document.root, "it", known: ["name", "level"])!
      let level = reader.mapping(entries["level"]!.value, "level", known: ["deep"])!
      _ = reader.integer(level["deep"]!.value, "level.deep", 1...9)
    }
    #expect(
      found == """
        f.yaml:2:15: level.deep is "seven"; a whole number was expected
          level: {deep: seven}
                        ^
        """)
  }

  @Test func caretsFollowTabsAndWideCharacters() {
    let found = Self.problems("{书: 1, nmae: 2}\n") { reader in
      _ = reader.mapping(reader.document.root, "it", known: ["书", "name"])
    }
    #expect(
      found == """
        f.yaml:1:8: unknown key "nmae" in it; did you mean "name"?
          {书: 1, nmae: 2}
                  ^
        """)
  }

  @Test func allProblemsAreToldInTheOrderOfTheirPlaces() {
    let found = Self.problems("b: 1\nb: 2\nzzz: 3\na: x\n") { reader in
      let entries = reader.mapping(reader.document.root, "it", known: ["a", "b"])!
      _ = reader.truth(entries["a"]!.value, "a")
    }
    let heads = found.split(separator: "\n").filter { $0.hasPrefix("f.yaml") }
    #expect(
      heads == [
        "f.yaml:2:1: key \"b\" is doubled: line 1 has it already",
        "f.yaml:3:1: unknown key \"zzz\" in it; known keys are a, b",
        "f.yaml:4:4: a is \"x\"; true or false was expected",
      ])
  }

  @Test(arguments: [
    ("{a: 1, b: {c: 1, c: 2}}", "f.yaml:1:18: key \"c\" is doubled"),
    ("a:\n  k: 1\nb:\n  k: 2\n  k: 3\n", "f.yaml:5:3: key \"k\" is doubled"),
    ("a: [1\n", "is not YAML"), ("a: 'x\n", "is not YAML"), ("", "is empty"), ("# only words\n", "is empty"),
    ("a: 1\n---\nb: 2\n", "second document"), ("a: *none\n", "is not YAML"), ("? [1, 2]\n: 3\n", "a key must be"),
    ("a: \u{7}\n", "is not YAML"), ("\ta: 1\n", "is not YAML"),
  ])
  func whatIsNoGoodYAMLIsRefused(text: String, sentence: String) {
    let found = Self.problems(text) { _ in }
    #expect(found.contains(sentence), "\(found)")
  }

  @Test func nestingAndBombsAreBounded() {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 50_000),
      String(repeating: "- ", count: 100_000) + "x", String(repeating: "? ", count: 5_000) + "x",
      String(repeating: "[", count: 80) + String(repeating: "]", count: 80),
    ] {
      #expect(Self.problems(text).contains("nested too deeply"))
    }
    var bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for (before, letter) in zip("abcdefghij", "bcdefghijk") {
      bomb += "\(letter): &\(letter) [" + Array(repeating: "*\(before)", count: 9).joined(separator: ",") + "]\n"
    }
    #expect(Self.problems(bomb).contains("aliases make more than"))
    #expect(Self.problems("a: " + String(repeating: "x", count: 2 << 20)).contains("bytes"))
  }

  @Test func numbersAreJSONs() throws {
    func number(_ text: String) -> Double? {
      let reader = YAMLReader(try! parseYAML("v: \(text)", file: "f"))
      let entries = reader.mapping(reader.document.root, "it", known: ["v"])!
      return reader.number(entries["v"]!.value, "v", "anything") { _ in true }
    }
    #expect(number("0.05") == 0.05 && number("1e-4") == 1e-4 && number("-3") == -3 && number("5.") == 5)
    for text in [".inf", ".nan", "0x10", "1_000", "nan", "inf", "'1'", "1e999", "true", ""] {
      #expect(number(text) == nil)
    }
  }

  @Test func theNearestWordIsNearEnough() {
    let words = ["epochs", "batch_size", "seed"]
    #expect(nearest(to: "epoch", among: words) == "epochs")
    #expect(nearest(to: "bacth_size", among: words) == "batch_size")
    #expect(nearest(to: "batchsize", among: words) == "batch_size")
    #expect(nearest(to: "learning_rate", among: words) == nil)
    #expect(nearest(to: "", among: []) == nil)
  }

  @Test func controlCharactersDoNotReachTheTerminal() {
    let found = YAMLProblems(
      file: "f", text: "a\u{1B}[31m", problems: [YAMLProblem(line: 1, column: 1, message: "bad")]
    ).description
    #expect(!found.contains("\u{1B}"))
  }
}
