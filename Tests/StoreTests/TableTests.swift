import Foundation
import Testing

import Store

/// The list of tables and the records fit the schema.
@Suite struct TableTests {
  @Test func theListHasExactlyTheTablesOfTheSchema() throws {
    let folder = TemporaryStore()
    let tables = try folder.open().query(
      """
      SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'grdb_migrations'
      """)
    #expect(Set(tables.rows.map { $0[0].plainText }) == Set(StoreTable.all.map(\.name)))
    #expect(tables.rows.count == StoreTable.all.count)
  }

  @Test(arguments: StoreTable.all) func itsRolesFitItsColumns(table: StoreTable) throws {
    let folder = TemporaryStore()
    let store = try folder.open()
    let columns = try store.query("SELECT * FROM \(table.name)").columns
    // Rows of a run are found by it, and shared ones are not.
    #expect(table.runColumn.map(columns.contains) ?? !columns.contains("run"))
    for local in table.localColumns {
      switch local {
      case .constant(let column, _): #expect(columns.contains(column))
      case .configuration(let keys): #expect(columns.contains("configuration") && keys.allSatisfy(columns.contains))
      }
    }
    if case .shared(let sharing) = table.role { #expect(columns.contains(sharing.key)) }
    #expect(try store.query("SELECT * FROM \(table.name) WHERE \(table.condition(runs: "(SELECT 'x')"))").rows == [])
  }

  @Test func aTableComesBehindThoseThatItRefersTo() throws {
    let folder = TemporaryStore()
    try folder.open().close()
    let connection = try QueryConnection(path: Store.databasePath(folder.path))
    var seen: Set<String> = []
    for table in StoreTable.all {
      let parents = try connection.trustedRows("SELECT \"table\" FROM pragma_foreign_key_list('\(table.name)')")
      #expect(parents.allSatisfy { seen.contains($0[0].plainText) }, "\(table.name)")
      seen.insert(table.name)
    }
  }
}
