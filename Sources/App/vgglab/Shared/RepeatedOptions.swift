import ArgumentParser
import Foundation

/// A sentence for an option that is given twice and holds one value; nil if none is. The parser would keep the last value and
/// drop the others without a word.
func repeatedOptionComplaint(_ command: any ParsableCommand, _ arguments: [String]) -> String? {
  let given = arguments.prefix { $0 != "--" }
  guard given.count(where: { $0.hasPrefix("-") }) > 1,
    let help = try? JSONDecoder().decode(CommandHelpDump.self, from: Data(type(of: command)._dumpHelp().utf8))
  else { return nil }
  let options = help.command.arguments?.filter { $0.kind == "option" } ?? []
  var seen: Set<String> = []
  var place = given.startIndex
  while place < given.endIndex {
    defer { place += 1 }
    let argument = given[place]
    guard let option = options.first(where: { $0.isNamed(by: argument) }) else { continue }
    if !option.isRepeating, !seen.insert(option.name).inserted { return "\(option.name) is given twice; give it once" }
    // What follows is its value, unless it has one already. A value that looks like an option is read as one here, which finds
    // too little at worst.
    let next = given.index(after: place)
    let isAttached = argument.contains("=") || !argument.hasPrefix("--") && argument.count > 2
    if !isAttached, next < given.endIndex, !options.contains(where: { $0.isNamed(exactly: given[next]) }) {
      place = next
    }
  }
  return nil
}

/// What is read of the parser's description of a command.
private struct CommandHelpDump: Decodable {
  struct Command: Decodable { var arguments: [Argument]? }
  struct Name: Decodable {
    var kind: String
    var name: String
  }
  struct Argument: Decodable {
    var kind: String
    var isRepeating: Bool
    var names: [Name]?

    /// As users write it.
    var name: String {
      let name = names?.first { $0.kind == "long" } ?? names?.first
      return name.map { ($0.kind == "short" ? "-" : "--") + $0.name } ?? ""
    }

    /// Whether it is one of its names and nothing else.
    func isNamed(exactly argument: String) -> Bool {
      names?.contains { argument == ($0.kind == "short" ? "-" : "--") + $0.name } ?? false
    }

    func isNamed(by argument: String) -> Bool {
      names?.contains { name in
        name.kind == "short"
          ? argument.hasPrefix("-\(name.name)")
          : argument == "--\(name.name)" || argument.hasPrefix("--\(name.name)=")
      } ?? false
    }
  }

  var command: Command
}
