import Foundation
import Evidence
import Notebooks
import Rendering
import Store

/// Rows that are the same in every run, by the text of their query.
struct FixedSource: RowSource {
  struct Unknown: Error, CustomStringConvertible {
    var sql: String
    var description: String { "no such query: \(sql)" }
  }

  /// `columns a, b; 1, 2; 3, -`: whole numbers, other numbers, a dash for NULL, and text.
  static func written(_ sql: String) -> QueryResult {
    let lines = sql.dropFirst("columns ".count).split(separator: ";").map { line in
      line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    }
    let rows = lines.dropFirst().map { line in
      line.map { text -> SQLValue in
        text == "-" ? .null : Int64(text).map { .integer($0) } ?? Double(text).map { .real($0) } ?? .text(text)
      }
    }
    return QueryResult(columns: lines[0], rows: Array(rows))
  }

  static let trials = ["vgg11-small-224", "vgg11-small-96"]

  func query(_ sql: String, _ parameters: [String: SQLValue]) throws -> QueryResult {
    switch sql.trimmingCharacters(in: .whitespacesAndNewlines) {
    case "one":
      return QueryResult(
        columns: ["accuracy", "count", "name", "missing", "seconds", "bytes", "step"],
        rows: [
          [
            .real(0.70412), .integer(43_093_322), .text("a <b> & | `c` *d*"), .null, .real(161.2),
            .integer(1_261_000_000),
            .real(-0.004),
          ]
        ])
    case "none": return QueryResult(columns: ["a"], rows: [])
    case "no": return QueryResult(columns: ["yes"], rows: [[.integer(0)]])
    case "yes": return QueryResult(columns: ["yes"], rows: [[.integer(1)]])
    case "rows":
      return QueryResult(
        columns: ["trial", "loss", "note"],
        rows: [
          [.text("<script>alert(1)</script>"), .real(0.848123), .text("| pipe")], [.text("b"), .real(1.105), .null],
        ])
    case "curves":
      var rows: [[SQLValue]] = []
      for (index, trial) in Self.trials.enumerated() {
        for point in 1...6 {
          let epoch = Double(point) / 3
          rows.append([.text(trial), .text("train_loss"), .real(epoch), .real(2.3 / Double(point + index))])
          rows.append([.text(trial), .text("test_acc"), .real(epoch), .real(0.1 * Double(point))])
        }
      }
      return QueryResult(columns: ["trial", "metric", "epoch", "value"], rows: rows)
    case "bars":
      return QueryResult(
        columns: ["group", "series", "value"],
        rows: [
          [.text("alexnet"), .text("work"), .real(1)], [.text("alexnet"), .text("memory"), .real(1)],
          [.text("vgg11"), .text("work"), .real(8.04)], [.text("vgg11"), .text("memory"), .real(12.3)],
        ])
    case "printed": return QueryResult(columns: ["printed"], rows: [[.text("Sequential(\n  (0): <ReLU>()\n)\n```")]])
    case let sql where sql.hasPrefix("WITH seen AS (\none\n)"): return try query("one", parameters)
    case "parameters":
      let names = parameters.keys.sorted()
      return QueryResult(columns: names, rows: [names.map { parameters[$0]! }])
    case let sql where sql.contains("FROM run_summary AS s"):
      // Of two runs; those that the query does not name or choose are left out.
      let all: [[SQLValue]] = [
        [
          .text("r1"), .text("small"), .text("quick"), .text("2026-11-25T10:00:00Z"), .text("1.2.3"),
          .text("0123456789ab"), .integer(1), .text("fast"), .text("x86-64-v4"),
          .integer(2),
          .text("A <processor>"),
        ],
        [
          .text("r2"), .text("large"), .null, .text("2026-11-25T11:00:00Z"), .text("1.2.3"), .null, .null,
          .text("fast"), .text("x86-64-v3"), .integer(1), .text("Another"),
        ],
      ]
      return QueryResult(
        columns: [
          "run", "trial", "profile", "begun", "vgglab_version", "git_commit", "git_dirty", "kernels", "instruction_set",
          "threads", "cpu",
        ], rows: all.filter { sql.contains("'\($0[0].plainText)'") || sql.contains("every run") })
    case "points":
      return QueryResult(
        columns: ["series", "x", "y", "label"],
        rows: [
          [.text("small"), .real(1), .real(10), .text("VGG-11")], [.text("small"), .real(10), .integer(100), .null],
          [.text("large"), .real(100), .real(1000), .text("AlexNet")], [.text("large"), .null, .real(1), .null],
        ])
    case let sql where sql.hasPrefix("columns "): return Self.written(sql)
    default: throw Unknown(sql: sql)
    }
  }
}

/// A folder for a report that is gone afterwards.
final class ReportFolder {
  let path = NSTemporaryDirectory() + "vgglab-report-\(UUID().uuidString)"
  init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// With the bibliography of the fixture beside it.
  static func withBibliography() throws -> ReportFolder {
    let folder = ReportFolder()
    try FileManager.default.copyItem(atPath: "\(RenderTests.fixtures)/note.bib", toPath: "\(folder.path)/note.bib")
    return folder
  }

  /// Weaves a note and writes the report into the folder `out`.
  func render(
    _ text: String, settings: [String: String] = [:], runs: [String: [UsedRun]] = [:],
    rows: any RowSource = FixedSource()
  ) throws -> RenderedReport {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/note.md"))
    let source = try readNotebookSource("\(path)/note.md", settings: settings)
    let rendered = try Rendering.render(source, rows: rows, runs: runs, version: "1.2.3")
    try OwnedFolder("\(path)/out").replace(with: rendered.files, of: OutputSubject(.report, notebook: "note.md"))
    return rendered
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/out/\(name)", encoding: .utf8) }
  func data(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(path)/out/\(name)")) }
}
