import ArgumentParser
import Lab
import Store

struct QueryCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Ask the store in SQL; nothing can be changed.",
    discussion: "docs/store.md lists tables and columns. Example: vgglab query \"SELECT * FROM trial_summary\"")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Argument(help: "One SELECT statement.")
  var sql: String

  func execute() throws {
    let result = try store.open().query(sql)
    output(format.json ? terminalSafe(json: result.json) : result.table)
  }
}
