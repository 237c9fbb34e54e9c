import Notebooks
import Rendering
import ExactJSON
import Files
public import Foundation
import Store

/// Takes the evidence out of a page: `evidence.sqlite`, `evidence.json`, the rows of every query as `data/<id>.csv`, and the
/// notebook. The folder is made; one that is there must be empty, or have what was extracted of the same notebook before. Gives
/// the files' names.
///
/// Cells that a spreadsheet would take for formulas are as they are in the rows, and a README beside them says so; with
/// `isSpreadsheetSafe` they are marked.
///
/// Throws ``ReportError``.
public func extractEvidence(
  from page: Data, file: String, to folder: String, limits: EvidenceLimits = EvidenceLimits(),
  isSpreadsheetSafe: Bool = false
) throws(ReportError) -> [String] {
  do {
    let evidence = try PageParts(page, limit: limits.bytes).evidence
    let database = try EvidenceDatabase(evidence.store, seconds: limits.seconds)
    var files: [(name: String, data: Data)] = [
      ("evidence.json", Data(evidence.json.json(linesTo: 3).utf8)), ("evidence.sqlite", try database.serialized()),
      ("notebook.md", Data(evidence.source.text.utf8)),
    ]
    if let bibliography = evidence.source.bibliography {
      files.append(("bibliography.\(evidence.source.isBibliographyJSON ? "json" : "bib")", Data(bibliography.utf8)))
    }
    if let cells = evidence.source.cells { files.append(("cells.md", Data(cells.text.utf8))) }
    for (address, data) in evidence.source.images { files.append((imageFile(address), data)) }
    for query in try evaluate(evidence.source, rows: database).queries {
      let rows = isSpreadsheetSafe ? query.rows.spreadsheetSafe : query.rows
      files.append(("data/\(query.id).csv", Data(rows.csv.utf8)))
    }
    files.append(("data/README.md", Data((isSpreadsheetSafe ? markedNote : plainNote).utf8)))
    try OwnedFolder(folder).write(
      Dictionary(files.map { ($0.name, $0.data) }, uniquingKeysWith: { $1 }),
      of: OutputSubject(.evidence, notebook: evidence.source.file), sources: [file])
    return files.map(\.name).sorted()
  } catch let error as ReportError { throw error } catch let error as NotebookError { throw .notebook(error) } catch let
    problem as PageProblem
  {
    throw .page(file: file, problem)
  } catch let error as StoreError { throw .evidence(error) } catch let error as FileError { throw .file(error) } catch {
    preconditionFailure("an error of no module: \(error)")
  }
}

private let plainNote = """
  # Rows as CSV

  One file a query, its rows exactly as the evidence has them. A text that begins with `=`, `+`, `-`, `@`, a tab or a carriage
  return is taken for a formula by some spreadsheet programs: import such columns as text, or extract again with
  `vgglab extract --spreadsheet-safe`, which puts an apostrophe before these texts.

  """

private let markedNote = """
  # Rows as CSV, marked for spreadsheets

  One file a query. Texts that begin with `=`, `+`, `-`, `@`, a tab or a carriage return have an apostrophe before them here
  (`--spreadsheet-safe`), so that no spreadsheet program takes them for formulas; it is not part of the value. Numbers are as
  they are. `evidence.sqlite` has the values themselves.

  """

extension QueryResult {
  /// With an apostrophe before each text, and each name of a column, that a spreadsheet would take for a formula.
  var spreadsheetSafe: QueryResult {
    func marked(_ text: String) -> String {
      guard let first = text.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) else { return text }
      return "'" + text
    }
    return QueryResult(
      columns: columns.map(marked),
      rows: rows.map { row in
        row.map { value in
          if case .text(let text) = value { return .text(marked(text)) }
          return value
        }
      })
  }
}
