import Foundation
import Testing

/// Arguments and variables that are not UTF-8: Swift would repair them, and another file would be meant.
@Suite struct ArgumentEncodingTests {
  /// What a line of the shell does that has the program as `$0`: a shell can make arguments of any bytes.
  private static func shell(_ program: Program, _ line: String) throws -> Program.Outcome {
    let process = program.start([])
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "{ \(line); } > .out 2> .err", Program.path]
    try process.run()
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(program.directory)/\(name)", encoding: .utf8)
    }
    return Program.Outcome(code: process.terminationStatus, output: try text(".out"), errors: try text(".err"))
  }

  @Test(arguments: [
    (#"env "$0" plan "$(printf 'bad\377/s.yaml')""#, #"argument 2 is not UTF-8: 'bad\xff/s.yaml'"#),
    (#"env "$0" export small --format csv -o "$(printf 'e\377.csv')""#, #"argument 6 is not UTF-8: 'e\xff.csv'"#),
    (#"env "$0" tag small "$(printf 'caf\303\251 \303x')""#, #"argument 3 is not UTF-8: 'café \xc3x'"#),
    (#"env "$0" --help "$(printf '\200')""#, #"argument 2 is not UTF-8: '\x80'"#),
    (#"env VGGLAB_STORE="$(printf 's\377')" "$0" list"#, #"the variable VGGLAB_STORE is not UTF-8: 's\xff'"#),
    (#"env TMPDIR="$(printf '/t\377')" "$0" list"#, #"the variable TMPDIR is not UTF-8: '/t\xff'"#),
  ])
  func bytesThatAreNotTextAreRefused(line: String, sentence: String) throws {
    let program = try Program()
    defer { program.remove() }
    let outcome = try Self.shell(program, line)
    #expect(outcome.code == 64 && outcome.output.isEmpty, "\(outcome)")
    #expect(outcome.errors.hasPrefix("vgglab: \(sentence); "), "\(outcome)")
    let left = try FileManager.default.contentsOfDirectory(atPath: program.directory)
    #expect(left.sorted() == [".err", ".out"])
  }

  /// As the sentence advises.
  @Test func aFolderWhoseNameIsNotTextCanBeWorkedIn() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    let outcome = try Self.shell(
      program, #"D="$(printf 'bad\377')"; mkdir "$D" && cp tiny.yaml "$D" && cd "$D" && env "$0" plan tiny.yaml"#)
    #expect(outcome.code == 0, "\(outcome)")
    let named = try Self.shell(program, #"env "$0" plan "$(printf 'caf\303\251.yaml')""#)
    #expect(named.code == 66 && named.errors.contains("café.yaml: there is no such file"), "\(named)")
  }
}
