import ArgumentParser
import Files
import Store
import Terminal

struct QueryCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Ask the store in SQL; nothing can be changed.",
    discussion: helpText(
      "docs/store.md lists tables and columns.", examples: "query \"SELECT * FROM trial_summary\""))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Flag(name: .long, help: "Print CSV with a header (RFC 4180).")
  var csv = false

  @Option(name: .long, help: "Read the statement from a file.")
  var file: String?

  @Argument(help: "One SELECT statement; - reads it from standard input.")
  var sql: String?

  func validate() throws {
    if (sql == nil) == (file == nil) {
      throw ValidationError("give one statement: in quotes, as --file PATH, or - for standard input")
    }
    if csv, format.json { throw ValidationError("--csv and --json cannot be combined; leave one out") }
  }

  func execute() throws {
    let statement =
      if let file { try readText(file) } else if let sql, sql != "-" { sql } else { try readText("-") }
    let result = try store.open().query(statement)
    if csv { return outputData(result.csv, terminator: "") }
    guard format.json else { return output(result.table) }
    if let name = result.doubledColumn {
      throw StoreError.badQuery(
        sql: statement,
        reason: "JSON needs a name of its own for each column, and two are named '\(name)'; rename one with AS")
    }
    output(terminalSafe(json: result.json))
  }
}
