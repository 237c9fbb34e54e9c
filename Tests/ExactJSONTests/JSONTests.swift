import ExactJSON
import Foundation
import Testing

@Suite struct JSONTests {
  static func read(_ text: String) throws -> JSONValue { try readJSON(Data(text.utf8), limit: 1 << 20) }

  @Test func valuesComeBackExactly() throws {
    let value = JSONValue.object([
      "a": .array([
        .null, .bool(true), .integer(.min), .integer(.max), .real(0.1), .real(1), .real(.leastNonzeroMagnitude),
        .real(-1.7976931348623157e308),
      ]),
      "b\"\\\n\u{1}": .text("é 中 \u{1F600} \u{0} \u{7F}"), "c": .object([]),
    ])
    #expect(try Self.read(value.json) == value)
    #expect(try Self.read(value.json(linesTo: 2)) == value)
    #expect(value.json == value.json)
    #expect(try Self.read("1") == .integer(1))
    #expect(try Self.read("1.0") == .real(1))
    #expect(try Self.read(#""\u00e9\ud83d\ude00\/""#) == .text("é\u{1F600}/"))
  }

  @Test(arguments: [
    ("", JSONProblem.Kind.endsTooEarly, 0), ("[1,]", .unexpected(expected: "a value"), 3), ("1 2", .trailing, 2),
    ("{\"a\":1,\"a\":2}", .doubledKey("a"), 7), ("01", .badNumber, 0), ("1e999", .badNumber, 0),
    ("9223372036854775808", .badNumber, 0), ("-", .badNumber, 0), ("1.", .badNumber, 0), ("\"\\x\"", .badEscape, 1),
    ("\"\\ud800\"", .badEscape, 1), ("\"\n\"", .controlCharacter, 1), ("\"a", .endsTooEarly, 2),
    ("nul", .unexpected(expected: "a value"), 0), ("{1:2}", .unexpected(expected: "a key"), 1),
    ("[1}", .unexpected(expected: "a comma or the end"), 2), ("NaN", .unexpected(expected: "a value"), 0),
  ])
  func whatIsWrongIsToldWithItsPlace(text: String, kind: JSONProblem.Kind, offset: Int) {
    #expect(throws: JSONProblem(kind: kind, offset: offset)) { try Self.read(text) }
  }

  @Test func boundsHold() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONProblem(kind: .tooDeep(limit: JSONLimit.depth), offset: JSONLimit.depth + 1)) {
      try Self.read(deep)
    }
    #expect(throws: JSONProblem(kind: .badNumber, offset: 0)) { try Self.read(String(repeating: "1", count: 100_000)) }
    #expect(throws: JSONProblem(kind: .tooManyBytes(4, limit: 3), offset: 0)) {
      try readJSON(Data("null".utf8), limit: 3)
    }
    #expect(throws: JSONProblem(kind: .notUTF8, offset: 0)) { try readJSON(Data([0x22, 0xFF, 0x22]), limit: 9) }
  }
}
