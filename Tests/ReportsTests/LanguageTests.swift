import Foundation
import Testing

/// The exercises in both languages stand over the same cells.
@Suite struct LanguageTests {
  struct Cell: Equatable {
    var head: String
    var sql: [String] = []
    /// Those that say nothing to a reader.
    var options: [String] = []
  }

  /// What is written for readers, each in their language.
  static let words = [
    "caption", "columns", "says", "by", "otherwise", "effect", "x_label", "y_label", "value_label",
  ]

  static func cells(_ name: String) throws -> [Cell] {
    let root = ((#filePath as NSString).deletingLastPathComponent as NSString).appendingPathComponent("../..")
    let text = try String(contentsOfFile: "\(root)/reports/\(name)", encoding: .utf8)
    var cells: [Cell] = []
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```{") {
        cells.append(Cell(head: line))
        isInside = true
      } else if line.hasPrefix("```") {
        isInside = false
      } else if isInside, line.hasPrefix("--|") {
        let name = line.dropFirst(3).prefix { $0 != ":" }.trimmingCharacters(in: .whitespaces)
        cells[cells.count - 1].options.append(words.contains(name) ? name : line)
      } else if isInside {
        cells[cells.count - 1].sql.append(line)
      }
    }
    return cells
  }

  @Test func bothLanguagesAskTheSame() throws {
    let (english, chinese) = (try Self.cells("exercises.md"), try Self.cells("exercises.zh.md"))
    #expect(english.count > 80)
    #expect(english.map(\.head) == chinese.map(\.head))
    for (one, other) in zip(english, chinese) { #expect(one == other, "\(one.head)") }
  }
}
