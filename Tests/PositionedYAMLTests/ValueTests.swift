import PositionedYAML
import Testing

/// What is read as a number, a truth or a text, and what is said where it is none.
@Suite struct ValueTests {
  static func read<T>(_ text: String, _ read: (YAMLReader, YAMLNode) -> T?) -> (value: T?, sentence: String) {
    do {
      let reader = YAMLReader(try parseYAML("v: \(text)\n", file: "f"))
      let entries = reader.mapping(reader.document.root, "it", known: ["v"])!
      let value = read(reader, entries["v"]!.value)
      do { try reader.finish() } catch { return (value, error.problems[0].message) }
      return (value, "")
    } catch { return (nil, "\(error)") }
  }

  @Test(arguments: [
    ("2", 2, ""), ("+3", 3, ""), ("-0", 0, ""), ("0", 0, ""),
    ("\"2\"", nil, "v is the text \"2\"; a whole number was expected: write 2 without quotes"),
    ("'x'", nil, "v is the text \"x\"; a whole number was expected"),
    (
      "010", nil,
      "v is \"010\"; a whole number was expected: a leading zero is ambiguous (octal in some programs); write 10"
    ),
    (
      "00", 0, ""
    ),
    ("0x10", nil, "v is \"0x10\"; a whole number was expected: write 16"),
    ("0o17", nil, "v is \"0o17\"; a whole number was expected: write 15"),
    ("0b11", nil, "v is \"0b11\"; a whole number was expected: write 3"),
    ("1_000", nil, "v is \"1_000\"; a whole number was expected: write 1000"),
    ("1e3", nil, "v is \"1e3\"; a whole number was expected: write 1000"),
    ("2.0", nil, "v is \"2.0\"; a whole number was expected: write 2"),
    ("\"2.0\"", nil, "v is the text \"2.0\"; a whole number was expected: write 2 without quotes"),
    ("1.5", nil, "v is \"1.5\"; a whole number was expected"), ("", nil, "v is empty; a whole number was expected"),
    ("null", nil, "v is \"null\"; a whole number was expected"),
    ("[1]", nil, "v is a list; a whole number was expected"),
    ("99999999999999999999", nil, "v is 99999999999999999999; it must be from 0 to 9000"),
    ("--1", nil, "v is \"--1\"; a whole number was expected"), ("٣", nil, "v is \"٣\"; a whole number was expected"),
  ])
  func wholeNumbers(text: String, value: Int?, sentence: String) {
    let found = Self.read(text) { $0.integer($1, "v", 0...9000) }
    #expect(found.value == value && found.sentence == sentence)
  }

  @Test func seedsHaveSixtyFourBits() {
    func seed(_ text: String) -> (value: UInt64?, sentence: String) { Self.read(text) { $0.unsigned($1, "v") } }
    #expect(seed("18446744073709551615").value == .max)
    #expect(seed("18446744073709551616").sentence.contains("from 0 to 18446744073709551615"))
    #expect(seed("-1").value == nil && seed("00").value == 0 && seed("01").sentence.contains("write 1"))
  }

  @Test(arguments: [
    ("1e3", 1000, ""), (".5", 0.5, ""), ("1e-2", 0.01, ""),
    ("\"0.1\"", nil, "v is the text \"0.1\"; a number was expected: write 0.1 without quotes"),
    (
      "01.5", nil,
      "v is \"01.5\"; a number was expected: a leading zero is ambiguous (octal in some programs); write 1.5"
    ),
    (".inf", nil, "v is \".inf\"; a number was expected: it must be finite"),
    ("-.INF", nil, "v is \"-.INF\"; a number was expected: it must be finite"),
    (".nan", nil, "v is \".nan\"; a number was expected: it must be finite"),
    ("1e999", nil, "v is \"1e999\"; a number was expected: it is too large"),
    ("0x10", nil, "v is \"0x10\"; a number was expected: write 16"),
    ("1_000.5", nil, "v is \"1_000.5\"; a number was expected: write 1000.5"),
    ("0,05", nil, "v is \"0,05\"; a number was expected: write 0.05"),
    ("5%", nil, "v is \"5%\"; a number was expected: write 0.05"), ("", nil, "v is empty; a number was expected"),
  ])
  func numbers(text: String, value: Double?, sentence: String) {
    let found = Self.read(text) { $0.number($1, "v", "anything") { _ in true } }
    #expect(found.value == value && found.sentence == sentence)
  }

  @Test(arguments: [
    ("true", true, ""), ("False", false, ""), ("yes", nil, ": write true"), ("No", nil, ": write false"),
    ("on", nil, ": write true"), ("0", nil, ": write false"), ("\"true\"", nil, ": write true without quotes"),
    ("tRUE", nil, ": write true"), ("maybe", nil, "true or false was expected"), ("", nil, "v is empty"),
  ])
  func truths(text: String, value: Bool?, sentence: String) {
    let found = Self.read(text) { $0.truth($1, "v") }
    #expect(found.value == value)
    #expect(sentence.isEmpty ? found.sentence.isEmpty : found.sentence.contains(sentence), "\(found.sentence)")
  }

  @Test func noValueIsNoText() {
    #expect(Self.read("") { $0.string($1, "v") }.value == "")
    #expect(Self.read("\"null\"") { $0.string($1, "v") }.value == "null")
    #expect(Self.read("null") { $0.string($1, "v") }.sentence.contains("in quotes"))
    #expect(Self.read("~") { $0.string($1, "v") }.sentence.contains("in quotes"))
    #expect(Self.read("yes") { $0.string($1, "v") }.value == "yes")
  }

  @Test func mergeKeysAreFollowed() throws {
    func keys(_ text: String) throws -> [String] {
      guard case .mapping(let entries) = try parseYAML(text, file: "f").root.content,
        case .mapping(let inner) = entries.last!.value.content
      else { return [] }
      return inner.map { entry in
        guard case .scalar(let text, _) = entry.value.content else { return entry.key }
        return "\(entry.key)=\(text)"
      }
    }
    #expect(try keys("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3, z: 4}\n") == ["y=3", "z=4", "x=1"])
    #expect(try keys("a: &a {x: 1}\nb: &b {x: 2, w: 5}\nc:\n  <<: [*a, *b]\n  z: 4\n") == ["z=4", "x=1", "w=5"])
    #expect(try keys("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}\n") == ["y=2", "x=1"])
    #expect(try keys("b: {\"<<\": 1}\n") == ["<<=1"])
    for text in ["b: {<<: 1}", "b: {<<: [1]}", "b: {<<: }"] {
      #expect(YAMLTests.problems(text).contains("f.yaml:1:5: << merges"), "\(YAMLTests.problems(text))")
    }
    #expect(YAMLTests.problems("a: &a {x: 1}\nb: {<<: *a, <<: *a}\n").contains("f.yaml:2:13: key \"<<\" is doubled"))
  }
}
