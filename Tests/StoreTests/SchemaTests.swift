import Foundation
import Store
import Testing

/// The page that documents the schema tells of all of it.
@Suite struct SchemaTests {
  private static let page =
    ((#filePath as NSString).deletingLastPathComponent as NSString).appendingPathComponent("../../docs/store.md")

  @Test func everyTableAndColumnIsDocumented() throws {
    let page = try String(contentsOfFile: Self.page, encoding: .utf8)
    let folder = TemporaryStore()
    let store = try folder.open()
    let tables = try store.query(
      "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'")
    #expect(tables.rows.count == 35)
    for case .text(let table)? in tables.rows.map(\.first) {
      #expect(page.contains("`\(table)`"), "\(table)")
      for column in try store.query("SELECT * FROM \(table)").columns {
        #expect(page.contains("`\(column)`"), "\(table).\(column)")
      }
    }
    #expect(page.contains("schema's version, now \(try store.health().version)"))
  }

  @Test func everyTableIsStrict() throws {
    let folder = TemporaryStore()
    let loose = try folder.open().query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%STRICT%' AND name NOT LIKE 'sqlite%'")
    #expect(loose.rows.isEmpty)
  }
}
