import Notebooks
import ExactJSON
import Files
import Foundation
import Store

/// An archive's description as RO-Crate 1.1 has it: JSON-LD that names the archive, its files, its program and each run.
///
/// Source: https://w3id.org/ro/crate/1.1.
func researchObject(_ archive: Archive, _ rows: StoreEvidence, _ folder: String) throws(ReportError) -> JSONValue {
  func reference(_ id: String) -> JSONValue { .object(["@id": .text(id)]) }
  // What is written behind the description is not in it.
  let names = try filesUnder(folder).filter { $0 != "ro-crate-metadata.json" && $0 != "SHA256SUMS" }
  let questions = rows.table("experiment")?.rows.map { "\($0[0].plainText): \($0[1].plainText)" } ?? []
  var graph: [JSONValue] = [
    .object([
      "@id": "ro-crate-metadata.json", "@type": "CreativeWork",
      "conformsTo": reference("https://w3id.org/ro/crate/1.1"), "about": reference("./"),
    ]),
    .object([
      "@id": "./", "@type": "Dataset", "name": .text(archive.name),
      "description": .text(
        "Runs of vgglab with their journals, the rows made from them, and reports that carry their evidence. "
          + (questions.isEmpty ? "" : "Experiments: \(questions.joined(separator: "; "))")),
      "datePublished": .text(archive.createdAt),
      "license": .text("The archive names no license; ask its author."),
      "hasPart": .array(names.map(reference)),
      "mentions": .array(archive.runs.map { reference("#run-\($0)") }),
    ]),
    .object([
      "@id": "#vgglab", "@type": "SoftwareApplication", "name": "vgglab", "version": .text(archive.vgglab),
    ]),
  ]
  for name in names {
    var members = [
      JSONValue.Member("@id", .text(name)), JSONValue.Member("@type", "File"),
      JSONValue.Member("name", .text(description(of: name, archive))),
      JSONValue.Member("encodingFormat", .text(format(of: name))),
      JSONValue.Member("sha256", .text(try digest("\(folder)/\(name)"))),
    ]
    let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
    if let size = attributes?[.size] as? Int {
      members.append(JSONValue.Member("contentSize", .text("\(size)")))
    }
    graph.append(.object(members))
  }
  let trials = Dictionary(
    uniqueKeysWithValues: (rows.table("run")?.rows ?? []).map { row in
      (row[0].plainText, "\(row[1].plainText) / \(row[2].plainText)")
    })
  let times = Dictionary(
    uniqueKeysWithValues: (rows.table("run")?.rows ?? []).map { row in (row[0].plainText, row[8].plainText) })
  for run in archive.runs {
    graph.append(
      .object([
        "@id": .text("#run-\(run)"), "@type": "CreateAction", "name": .text(trials[run] ?? run),
        "startTime": .text(times[run] ?? ""), "instrument": reference("#vgglab"),
        "result": .array(
          names.filter { $0.hasPrefix("runs/\(run)/") }.map(reference)),
      ]))
  }
  return .object(["@context": "https://w3id.org/ro/crate/1.1/context", "@graph": .array(graph)])
}

private func format(of name: String) -> String {
  switch pathExtension(name) {
  case "html": "text/html"
  case "md": "text/markdown"
  case "csv": "text/csv"
  case "png": "image/png"
  case "json": "application/json"
  case "jsonl": "application/x-ndjson"
  case "gz": "application/gzip"
  case "ipynb": "application/x-ipynb+json"
  default: "application/octet-stream"
  }
}

private func description(of name: String, _ archive: Archive) -> String {
  let parts = name.split(separator: "/").map(String.init)
  switch (parts.first, parts.count) {
  case ("runs", 3...): return "\(parts[2]) of run \(parts[1])"
  case ("reports", 3...):
    let title = archive.reports.first { $0.folder == parts[1] }?.title ?? parts[1]
    return "\(title): \(parts[2...].joined(separator: "/"))"
  case ("evidence.json.gz", _): return "The rows of all runs"
  case ("README.md", _): return "What the archive contains, and what it discloses about machines and people"
  case ("archive.json", _): return "What the archive is made of"
  default: return name
  }
}
