import ExactJSON
import Files
public import Foundation
import Store

/// Takes the evidence out of a page: `evidence.sqlite`, `evidence.json`, the rows of every query as `data/<id>.csv`, and the
/// notebook. The folder is made; one that is there must be empty. Gives the files' names.
///
/// Throws ``ReportError``.
public func extractEvidence(from page: Data, file: String, to folder: String) throws(ReportError) -> [String] {
  do {
    let evidence = try PageParts(page).evidence
    let database = try EvidenceDatabase(evidence.store)
    var files: [(name: String, data: Data)] = [
      ("evidence.json", Data(evidence.json.json(linesTo: 3).utf8)), ("evidence.sqlite", try database.serialized()),
      ("notebook.md", Data(evidence.source.text.utf8)),
    ]
    if let bibliography = evidence.source.bibliography { files.append(("bibliography.bib", Data(bibliography.utf8))) }
    for query in try evaluate(evidence.source, rows: database).queries {
      files.append(("data/\(query.id).csv", Data(query.rows.csv.utf8)))
    }
    if let names = try? FileManager.default.contentsOfDirectory(atPath: folder), !names.isEmpty {
      throw ReportError.page(file: folder, .notEmpty)
    }
    try makeDirectory("\(folder)/data")
    for (name, data) in files { try writeFileAtomically("\(folder)/\(name)", data) }
    return files.map(\.name).sorted()
  } catch let error as ReportError { throw error } catch let problem as PageProblem {
    throw .page(file: file, problem)
  } catch let error as StoreError { throw .evidence(error) } catch let error as FileError { throw .file(error) } catch {
    preconditionFailure("an error of no room: \(error)")
  }
}
