import Foundation
import Testing

/// Where `query` and `note` take their text from, and in which forms `query` prints.
@Suite struct QueryCommandTests {
  private static func finished() throws -> Program { try LookTests.finished("--set", "training.epochs=0") }

  private static func feed(_ program: Program, _ text: String, _ arguments: String...) throws -> Program.Outcome {
    try program.write("input.txt", text)
    let process = program.start(arguments)
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle(forReadingAtPath: "\(program.directory)/input.txt")
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
    let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Program.Outcome(
      code: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
      errors: String(decoding: complained, as: UTF8.self))
  }

  @Test func theStatementComesFromAnywhereAndMayBeginWithAComment() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let sql = "-- how many\nSELECT 1 AS n"
    try program.write("q.sql", sql)
    let expected = "n\n-\n1\n"
    #expect(try program("query", sql).output == expected)
    #expect(try program("query", "/* how many */ SELECT 1 AS n").output == expected)
    #expect(try program("query", "--file", "q.sql").output == expected)
    #expect(try Self.feed(program, sql, "query", "-").output == expected)
    #expect(try program("query", sql, "--csv").output == "n\n1\n")
    #expect(try program("query", "SELECT 'a,b' AS x, 'c' AS x, NULL AS y", "--csv").output == "x,x,y\n\"a,b\",c,\n")
    for wrong in [["query"], ["query", "SELECT 1", "--file", "q.sql"], ["query", "SELECT 1", "--csv", "--json"]] {
      #expect(try program.run(wrong).code == 64)
    }
    #expect(try program("query", "--file", "none.sql").code == 66)
  }

  @Test func doubledColumnsAreAnErrorInJSONAlone() throws {
    let program = try Self.finished()
    defer { program.remove() }
    #expect(try program("query", "SELECT 1 AS a, 2 AS a").code == 0)
    let outcome = try program("query", "SELECT 1 AS a, 2 AS b, 3 AS a", "--json")
    #expect(outcome.code == 65 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("two are named 'a'; rename one with AS"), "\(outcome.errors)")
  }

  @Test func wideCharactersAlign() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let outcome = try program(
      "query",
      "SELECT '中文' a, 'x' b UNION ALL SELECT 'ab', 'x' UNION ALL SELECT 'e\u{301}', 'x' UNION ALL SELECT '🙂', 'x'")
    #expect(
      outcome.output == """
        a     b
        ----  -
        中文  x
        ab    x
        e\u{301}     x
        🙂    x

        """, "\(outcome)")
  }

  @Test func aNoteComesFromStandardInput() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let run = try #require(RunTests.rows(program, "SELECT id FROM run LIMIT 1")[0]["id"] as? String)
    #expect(try Self.feed(program, "first line\nsecond line\n", "note", run, "-").code == 0)
    let notes = try RunTests.rows(program, "SELECT text FROM note")
    #expect(notes.count == 1 && notes[0]["text"] as? String == "first line\nsecond line")
  }

  @Test func aMisspeltCommandNamesTheNearest() throws {
    let program = try Program()
    defer { program.remove() }
    for (arguments, message) in [
      (["paln", "x.yaml"], "there is no command 'vgglab paln'; did you mean 'plan'?"),
      (["help", "rnu"], "there is no command 'vgglab rnu'; did you mean 'run'?"),
      (["archive", "crate", "x"], "there is no command 'vgglab archive crate'; did you mean 'create'?"),
      (["zzzzzz"], "there is no command 'vgglab zzzzzz'; `vgglab --help` lists the commands"),
    ] {
      let outcome = try program.run(arguments)
      #expect(outcome.code == 64 && outcome.errors == "vgglab: \(message)\n", "\(outcome)")
    }
  }

  @Test func anEmptyNameInOnlyIsRefused() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    for command in ["run", "plan", "verify-resume"] {
      for only in ["", ",", " ", "small,,smaller", "small,", ", small"] {
        let outcome = try program(command, "tiny.yaml", "--only", only)
        #expect(outcome.code == 64 && outcome.errors.contains("which has an empty name"), "\(only): \(outcome)")
      }
    }
    #expect(!program.exists(".vgglab"))
  }

  @Test func aDryRunIsAPlan() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let (plan, dry) = (try program("plan", "tiny.yaml"), try program("run", "tiny.yaml", "--dry-run"))
    #expect(plan.code == 0 && dry.code == 0 && plan.output == dry.output && dry.output.contains("new"))
    #expect(!program.exists(".vgglab"))
  }
}
