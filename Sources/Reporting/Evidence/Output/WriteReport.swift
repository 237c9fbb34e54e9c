import Rendering
import Digests
import Files
import Foundation

/// The printed page's name in a report's folder, where there is one.
public let pdfName = "report.pdf"

/// Writes a report into a folder: the page last, so that it never shows what is not beside it.
///
/// Files that an earlier report of the notebook left there and this one has not are removed; see ``OwnedFolder``. `file` is
/// the notebook's own file, which is never replaced. Throws ``ReportError/output(_:)``.
public func writeReport(
  _ report: CheckableReport, to output: String, file: String? = nil, place: String? = nil
) throws(ReportError) {
  let notebook = report.evidence.source.file
  try OwnedFolder(output).write(
    report.report.files, of: OutputSubject(.report, notebook: notebook, place: place), sources: file.map { [$0] } ?? []
  ) { _ in unmarkedReport(in: output, of: notebook, version: report.evidence.vgglab) }
}

/// The files of a report's folder without a mark, as earlier versions made them, with their digests: if there is nothing in
/// it but what the evidence in its page gives; otherwise nil.
private func unmarkedReport(in folder: String, of notebook: String, version: String) -> OwnedFolder.Digests? {
  // The reports of an archive stay as they are.
  guard fileKind("\(folder)/../../archive.json") == nil, let files = try? filesUnder(folder),
    files.contains("index.html"),
    files.allSatisfy({ name in
      ["index.html", "README.md", "notebook.ipynb"].contains(name) || name.hasPrefix("figures/")
        || name.hasPrefix("data/")
    }), files.allSatisfy({ OutputPath($0) != nil })
  else { return nil }
  var verifier = Verifier(version: version)
  guard let page = try? readFile("\(folder)/index.html", limit: ReportEvidence.pageLimit),
    let parts = try? PageParts(page), parts.evidence.source.file == notebook,
    let found = try? verifier.verify(folder: folder), found.isVerified(allowing: [.figures]),
    found.not_compared.isEmpty || files.allSatisfy({ !$0.hasPrefix("figures/") || $0.hasSuffix(".png") })
  else { return nil }
  var digests: OwnedFolder.Digests = [:]
  for name in files {
    guard let digest = sha256Hex(ofFile: "\(folder)/\(name)") else { return nil }
    digests[name] = [digest]
  }
  return digests
}

/// Where a notebook's report is written unless a folder is named: a folder in the store that has the notebook's name, and
/// one of its own if another notebook of that name has it already.
public struct DefaultReportFolder: Sendable, Hashable {
  /// The folder.
  public var path: String
  /// Digits that name where the notebook is, seen from the store.
  public var place: String

  /// Chooses it. A notebook keeps the folder that it has.
  public init(notebook: String, store: String) {
    let name = lastPathComponent(notebook)
    let stem = name.hasSuffix(".md") ? String(name.dropLast(3)) : name
    let base = "\(store)/reports/\(stem.isEmpty || stem.hasPrefix(".") ? "report\(stem.drop { $0 == "." })" : stem)"
    place = String(sha256Hex(Self.relative(realPath(notebook) ?? notebook, from: realPath(store) ?? store)).prefix(16))
    let own = "\(base)-\(place.prefix(8))"
    if let mark = OwnedFolder(own).mark, mark.subject.place == place {
      path = own
    } else if let mark = OwnedFolder(base).mark, mark.subject.place != place {
      path = own
    } else {
      path = base
    }
  }

  private static func relative(_ path: String, from folder: String) -> String {
    let (one, other) = (path.split(separator: "/"), folder.split(separator: "/"))
    let common = zip(one, other).prefix { $0 == $1 }.count
    return String(repeating: "../", count: other.count - common) + one.dropFirst(common).joined(separator: "/")
  }
}
