import PositionedYAML
import Testing

/// Lines, columns and doubled keys are what an editor shows, whatever ends the lines.
@Suite struct LineTests {
  static let text = "name: x\n# a comment\ntraining:\n  epochs: 1\n  epochs: 2\nlast: y\n"

  @Test(arguments: ["\n", "\r\n", "\r"])
  func everyEndOfLineCountsOnce(end: String) {
    let found = YAMLTests.problems(Self.text.replacing("\n", with: end)) { reader in
      _ = reader.mapping(reader.document.root, "it", known: ["name", "training"])
    }
    #expect(
      found == """
        f.yaml:5:3: key "epochs" is doubled: line 4 has it already
            epochs: 2
            ^
        f.yaml:6:1: unknown key "last" in it; known keys are name, training
          last: y
          ^
        """)
  }

  @Test(arguments: ["\u{2028}", "\u{2029}", "\u{85}"])
  func otherSeparatorsEndNoLine(separator: String) throws {
    let text = "a: x # one\(separator)two\nb: \"p\(separator)q\"\nc: 1\nc: 2\n"
    let found = YAMLTests.problems(text)
    #expect(found.hasPrefix("f.yaml:4:1: key \"c\" is doubled: line 3 has it already\n  c: 2\n  ^"), "\(found)")
    let document = try parseYAML("a: x # one\(separator)two\nb: \"p\(separator)q\"\n", file: "f")
    guard case .mapping(let entries) = document.root.content else { throw Failed() }
    #expect(entries.map(\.value.content) == [.scalar("x", plain: true), .scalar("p\(separator)q", plain: false)])
    // The shown line is one line.
    let shown = YAMLTests.problems("aa: 1\(separator)2\n") { reader in
      _ = reader.mapping(reader.document.root, "it", known: ["b"])
    }
    #expect(shown.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count == 3, "\(shown)")
  }

  struct Failed: Error {}

  @Test func aByteOrderMarkIsNoContent() throws {
    let document = try parseYAML("\u{FEFF}a: 1\n", file: "f")
    guard case .mapping(let entries) = document.root.content else { throw Failed() }
    #expect(entries[0].key == "a" && entries[0].line == 1 && entries[0].column == 1)
    #expect(
      YAMLTests.problems("\u{FEFF}a: 1\r\na: 2\r\n") == """
        f.yaml:2:1: key "a" is doubled: line 1 has it already
          a: 2
          ^
        """)
  }

  @Test(arguments: [
    ("t: {\"epochs\": 1,\n  epochs: 2}", "f.yaml:2:3: key \"epochs\" is doubled: line 1"),
    ("t: {epochs: 1, 'epochs': 2}", "f.yaml:1:16: key \"epochs\" is doubled"),
    ("{a: 1, a: 2, a: 3}", "f.yaml:1:8: key \"a\" is doubled"),
    ("\"\": 1\n\"\": 2\n", "f.yaml:2:1: key \"\" is doubled"),
    ("\"a\\\"b\": 1\n'a\"b': 2\n", "f.yaml:2:1: key \"a\"b\" is doubled"),
    ("&x a: 1\nb: *x\n!!str a: 2\n", "f.yaml:3:"), ("书: 1\n书: 2\n", "f.yaml:2:1: key \"书\" is doubled"),
    ("a: it's a: b\n", "is not YAML"), ("x: a\na: 1 # a: 2\na: 3\n", "f.yaml:3:1: key \"a\" is doubled"),
    ("q: 'a: 1\n\n  a: 2'\na: 1\na: 2\n", "f.yaml:5:1: key \"a\" is doubled: line 4"),
    ("1: a\n\"1\": b\n", "f.yaml:2:1: key \"1\" is doubled"),
    ("{a: 1, a: 2}\nb: [\n", "f.yaml:"), ("*a : 1\n", "is not YAML"),
    ("&a k: 1\n*a : 2\n*a : 3\n", "key \"k\" is doubled"),
  ])
  func doubledKeysAreNamedAtTheirPlaces(text: String, sentence: String) {
    for text in [text, text.replacing("\n", with: "\r\n")] {
      let found = YAMLTests.problems(text)
      #expect(found.contains(sentence), "\(found)")
    }
  }

  @Test func allDoubledKeysAreReportedAtOnce() {
    let found = YAMLTests.problems("a: 1\nb: {c: 1, d: 2, c: 3, d: 4}\na: 2\na: 3\n")
    let heads = found.split(separator: "\n").filter { $0.hasPrefix("f.yaml") }
    #expect(
      heads == [
        "f.yaml:2:17: key \"c\" is doubled: line 2 has it already",
        "f.yaml:2:23: key \"d\" is doubled: line 2 has it already",
        "f.yaml:3:1: key \"a\" is doubled: line 1 has it already",
        "f.yaml:4:1: key \"a\" is doubled: line 1 has it already",
      ])
  }

  @Test(arguments: [
    "# \(String(repeating: "-", count: 300))\na: 1\n", "a: 1 # \(String(repeating: "[0, 1) ", count: 260))\n",
    "a: \"\(String(repeating: "[", count: 500))\"\n", "a: '\(String(repeating: "{[", count: 300))'\n",
    "a: x\(String(repeating: "[", count: 500))\n", "a: |\n  \(String(repeating: "- ", count: 400))\n",
    "a: \(String(repeating: "-", count: 300))\n", "a: >\n  \(String(repeating: "{", count: 400))\n",
  ])
  func bracketsInCommentsAndTextsAreNoNesting(text: String) { #expect(YAMLTests.problems(text) == "") }

  @Test func theCaretOfALongLineIsShownWithItsSurroundings() {
    let found = YAMLTests.problems(
      "a: \(String(repeating: "书", count: 300))\nb: {\(String(repeating: " ", count: 5000))c: 1}\n"
    ) {
      reader in
      let entries = reader.mapping(reader.document.root, "it", known: ["a", "b"])!
      _ = reader.mapping(entries["b"]!.value, "b", known: ["d"])
    }
    let lines = found.split(separator: "\n")
    #expect(lines.count == 3 && lines[1].count < 300)
    #expect(lines[1].distance(from: lines[1].startIndex, to: lines[1].firstIndex(of: "c")!) == lines[2].count - 1)
  }

  @Test(arguments: [("a\u{301}", 1), ("👩‍👩‍👧", 2), ("é", 1), ("ｱ", 1), ("Ａ", 2), ("❤️", 2), ("\u{200B}", 0)])
  func caretsStandUnderWhatIsMeant(before: String, width: Int) {
    let found = YAMLTests.problems("{\(before): 1, nmae: 2}\n") { reader in
      _ = reader.mapping(reader.document.root, "it", known: [before, "name"])
    }
    let caret = found.split(separator: "\n").last!
    #expect(caret.count == 2 + 1 + width + 5 + 1, "\(found)")
  }

  @Test(arguments: [
    ("a: \u{7}\n", "1:4", "U+0007"), ("a: 1\nb: x\u{0}\n", "2:5", "U+0000"), ("a: \u{C}", "1:4", "U+000C"),
  ])
  func controlCharactersAreRefusedWhereTheyAre(text: String, place: String, name: String) {
    let found = YAMLTests.problems(text)
    #expect(found.hasPrefix("f.yaml:\(place): is not YAML") && found.contains(name), "\(found)")
  }
}
