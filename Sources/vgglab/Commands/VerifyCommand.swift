import ArgumentParser
import Files
import Foundation
import Lab
import Reports
import Store

struct VerifyCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a page, a report's folder or an archive against the evidence inside it; no store is needed.",
    discussion: """
      The report is woven again from the rows that it carries, and every byte is compared. With --store the rows are also \
      compared with the journals of that store. Ends with 2 where anything is not as it must be.
      """)

  @Option(name: .long, help: "Also compare the evidence with the journals of this store.")
  var store: String?

  @OptionGroup var format: JSONOptions

  @Argument(help: "A page (index.html), a report's folder, or an archive's.")
  var path: String

  func execute() throws {
    var verifier = Verifier(version: vgglabVersion)
    let found = try verifier.verify(path: path, store: try store.map { try Store.openToRead(at: $0) })
    output(format.json ? try json(found) : found.text)
    if !found.isSound { throw ExitCode(2) }
  }
}
