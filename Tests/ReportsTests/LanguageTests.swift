import Foundation
import Evidence
import Notebooks
import Rendering
import Testing

/// The exercises in both languages stand over the same cells.
@Suite struct LanguageTests {
  static func notebook(_ name: String) throws -> Notebook {
    let root = ((#filePath as NSString).deletingLastPathComponent as NSString).appendingPathComponent("../..")
    return try parseNotebook(try readNotebookSource("\(root)/reports/\(name)"))
  }

  @Test func bothLanguagesShowTheSameCells() throws {
    let (english, chinese) = (try Self.notebook("exercises.md"), try Self.notebook("exercises.zh.md"))
    let shown = english.cells.filter { $0.file == nil }
    #expect(shown.count > 50)
    #expect(shown.map(\.id) == chinese.cells.filter { $0.file == nil }.map(\.id))
    for cell in shown {
      let other = try #require(chinese.cell(cell.id))
      #expect(cell.kind == other.kind && cell.sql == other.sql, "\(cell.id)")
      #expect(Set(cell.options.keys) == Set(other.options.keys), "\(cell.id)")
    }
    // All queries are in the file that they share.
    #expect(!shown.contains { $0.kind == .query })
  }
}
