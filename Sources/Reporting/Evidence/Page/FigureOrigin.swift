import Rendering
import Digests
public import Foundation
import Plots
import Store

/// Where a figure comes from, as its PNG says in text chunks.
public struct FigureOrigin: Sendable, Hashable, Codable {
  /// See ``ReportEvidence/reportID``.
  public var report: String
  /// The notebook's file name.
  public var notebook: String
  public var query: String
  /// SHA-256 of the query with the views that it reads.
  public var sql_digest: String
  /// Each run's id, a colon, and the first twelve digits of its journal's SHA-256.
  public var runs: [String]

  private static let keywords = ["vgglab report", "vgglab notebook", "vgglab query", "vgglab sql", "vgglab runs"]

  init(_ report: String, _ notebook: String, _ query: AskedQuery, _ runs: [UsedRun]) {
    self.report = report
    self.notebook = notebook
    self.query = query.id
    sql_digest = sha256Hex(query.sql)
    self.runs = runs.map { "\($0.id):\($0.digest.prefix(12))" }
  }

  var text: [(keyword: String, value: String)] {
    Array(
      zip(Self.keywords, [report, notebook, query, sql_digest, runs.joined(separator: " ")]).map {
        (keyword: $0, value: $1)
      })
  }

  /// Reads it from a PNG file. Throws ``ReportError/page(file:_:)`` for one that says nothing of it.
  public init(png: Data, path: String) throws(ReportError) {
    let texts: [(keyword: String, value: String)]
    do { texts = try readPNGText(png) } catch { throw .page(file: path, .notPNG(reason: "\(error)")) }
    let values = Self.keywords.map { keyword in texts.first { $0.keyword == keyword }?.value }
    guard let report = values[0], let notebook = values[1], let query = values[2], let digest = values[3],
      let runs = values[4]
    else { throw .page(file: path, .noProvenance) }
    self.report = report
    self.notebook = notebook
    self.query = query
    sql_digest = digest
    self.runs = runs.split(separator: " ").map(String.init)
  }

  /// For people.
  public var description: String {
    var lines = [
      "report    \(report)", "notebook  \(notebook)", "query     \(query)", "SQL       \(sql_digest)",
    ]
    lines += runs.isEmpty ? ["runs      none"] : runs.map { "run       \($0.replacing(":", with: "  journal "))" }
    return lines.joined(separator: "\n")
  }
}
