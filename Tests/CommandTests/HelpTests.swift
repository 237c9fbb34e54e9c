import Foundation
import Testing

/// What `--help` says of each command.
@Suite struct HelpTests {
  struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable { var kind, name: String }
      var kind: String
      var names: [Name]?
      var sectionTitle: String?
    }
    var commandName: String
    var abstract, discussion: String?
    var subcommands: [Command]?
    var arguments: [Argument]?

    /// Each command with its words, the parser's own `help` left out.
    func all(_ path: [String] = []) -> [(path: [String], command: Command)] {
      guard commandName != "help" else { return [] }
      let words = path + [commandName]
      return [(words, self)] + (subcommands ?? []).flatMap { $0.all(words) }
    }
  }
  struct Dump: Decodable { var command: Command }

  static func commands() throws -> [(path: [String], command: Command)] {
    let program = try Program()
    defer { program.remove() }
    let outcome = try program("--experimental-dump-help")
    return try JSONDecoder().decode(Dump.self, from: Data(outcome.output.utf8)).command.all()
  }

  @Test func eachCommandHasAnAbstractAnExampleAndExitCodes() throws {
    let commands = try Self.commands()
    #expect(commands.count > 35)
    for (path, command) in commands {
      let name = path.joined(separator: " ")
      let abstract = command.abstract ?? ""
      #expect(abstract.hasSuffix(".") && abstract.count <= 80 && !abstract.contains("\n"), "\(name): \(abstract)")
      #expect(!abstract.dropLast().contains(". "), "\(name): one sentence")
      let lines = (command.discussion ?? "").split(separator: "\n")
      #expect(lines.contains { $0 == "Example:" || $0 == "Examples:" }, "\(name)")
      #expect(lines.contains { $0.hasPrefix("Exit codes: 0 done, ") }, "\(name)")
      // An example is of the command, and takes options that it has.
      let examples = lines.filter { $0.hasPrefix("  vgglab ") }
      #expect(!examples.isEmpty, "\(name)")
      let options = Set(
        (command.arguments ?? []).flatMap { $0.names ?? [] }.map { ($0.kind == "long" ? "--" : "-") + $0.name })
      for example in examples where path.count > 1 && (command.subcommands ?? []).isEmpty {
        let words = example.split(separator: " ").map(String.init)
        #expect(words.starts(with: path), "\(name): \(example)")
        for word in words where word.hasPrefix("-") && word.count > 1 && word != "-test_accuracy" {
          #expect(options.contains(word), "\(name): \(word)")
        }
      }
    }
  }

  @Test func manyOptionsAreInGroups() throws {
    for (path, command) in try Self.commands() where ["run", "plan"].contains(path.last) && path.count == 2 {
      let titles = Set((command.arguments ?? []).compactMap(\.sectionTitle))
      #expect(titles.isSuperset(of: ["Which trials", "Resources", "Repetition and failure"]), "\(titles)")
    }
    let program = try Program()
    defer { program.remove() }
    let help = try program("run", "--help")
    #expect(help.code == 0 && help.output.contains("WHICH TRIALS:") && help.output.contains("RESOURCES:"))
    #expect(help.output.contains("Exit codes: 0 done, 1 something failed"))
  }
}
