import Foundation
import Testing

/// What a complete training records of the test images, and the page that shows it.
@Suite struct MistakesNotebookTests {
  @Test func aTrainingRecordsWhatItGetsWrongAndThePageShowsIt() throws {
    let program = try PredictTests.gray()
    let wrong = try PredictTests.mistakes(program, "shapes")

    // The confusions are those of the predictions, and the surest mistakes those that `mistakes` names.
    let sums = try program(
      "query", "--csv",
      "SELECT sum(images), sum(images) FILTER (WHERE label <> predicted), (SELECT count(*) FROM class) FROM confusion")
    #expect(sums.output.split(separator: "\n").last == "\(wrong.images),\(wrong.misclassified),3")
    let ranked = try program("query", "--csv", "SELECT image FROM mistake ORDER BY rank").output
      .split(separator: "\n").dropFirst().compactMap { Int($0) }
    #expect(ranked == wrong.mistakes.prefix(24).map(\.index))
    let bins = try program("query", "--csv", "SELECT sum(images), sum(correct) FROM calibration")
    #expect(bins.output.split(separator: "\n").last == "\(wrong.images),\(wrong.images - wrong.misclassified)")
    #expect(try program("query", "--csv", "SELECT count(*), max(height) FROM first_filter").output.hasSuffix("16,3\n"))

    for name in ["mistakes.md", "mistakes.zh.md", "mistakes.cells.md"] {
      let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "../../reports/\(name)")
      try program.write(name, try String(contentsOf: source, encoding: .utf8))
    }
    for language in ["en", "zh"] {
      let made = try program("report", "mistakes.md", "--lang", language, "--out", "page-\(language)")
      #expect(made.code == 0, "\(made)")
      let page = try String(
        contentsOf: URL(fileURLWithPath: "\(program.directory)/page-\(language)/README.md"), encoding: .utf8)
      #expect(page.contains("confusion.png") && page.contains("filters.png"))
      #expect(try program("verify", "page-\(language)").code == 0)
    }
  }
}
