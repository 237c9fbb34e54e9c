import Rendering
import Compression
import ExactJSON
import Files
import Journals
import Foundation
public import Store

extension Verifier {
  /// Checks an archive's folder: every file against `SHA256SUMS`, no file more and none less; each report against its
  /// evidence; all evidence against the runs' journals.
  ///
  /// Throws ``ReportError``: what is no archive, and links.
  public mutating func verify(archive folder: String) throws(ReportError) -> Verification {
    var found = Verification()
    try checkDigests(folder, &found)
    // What was changed is known already; what it would tell is worth nothing.
    guard found.isSound else { return found }
    let archive = try Archive(folder: folder)
    let runs = Set((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/runs")) ?? [])
    if runs != Set(archive.runs) {
      found.add(PageDifference(file: "\(folder)/runs", what: "has other runs than archive.json names"))
    }
    guard let copies = try checkMembers(folder, archive, &found) else { return found }
    for report in archive.reports { found.add(try verify(folder: "\(folder)/reports/\(report.folder)")) }
    do {
      let temporary = try TemporaryFolder()
      for copy in copies {
        try makeDirectory("\(temporary.path)/runs/\(copy.run)")
        try copy.writeRecords(into: Folder("\(temporary.path)/runs/\(copy.run)"))
      }
      let store = try Store.open(at: temporary.path, access: .readWrite, create: true)
      for run in archive.runs {
        for problem in try RunFolder(store: folder, existing: run).contradictions() {
          found.add(PageDifference(file: "\(folder)/runs/\(run)", what: problem))
        }
      }
      for problem in try store.ingest() {
        found.add(
          PageDifference(file: "\(folder)/runs", what: problem.replacing("\(temporary.path)/", with: "\(folder)/")))
      }
      let rows = try Self.rows(of: folder, limit: limits.bytes)
      if try store.evidence(ofRuns: archive.runs).inSchema(of: rows) != rows.withoutLocalFacts {
        found.add(PageDifference(file: "\(folder)/evidence.json.gz", what: "has rows that differ from the journals"))
      }
      for report in archive.reports {
        let page = "\(folder)/reports/\(report.folder)/index.html"
        let parts = try PageParts(
          try readFile("reports/\(report.folder)/index.html", below: folder, limit: ReportEvidence.pageLimit))
        // Another version names reports by its own.
        if archive.vgglab == version, parts.evidence.reportID != report.id {
          found.add(PageDifference(file: page, what: "is not the report that archive.json names"))
        }
        for difference in try store.differences(from: parts.evidence.store) {
          found.add(PageDifference(file: page, what: "\(difference)"))
        }
      }
      found.runs = archive.runs.count
    } catch let problem as PageProblem { throw .page(file: folder, problem) } catch { throw asReportError(error) }
    return found
  }

  /// No file is there that an archive has not, and what describes it says what it would say if it were made again.
  ///
  /// The runs; nil where one of them cannot be read.
  private func checkMembers(
    _ folder: String, _ archive: Archive, _ found: inout Verification
  ) throws(ReportError) -> [RunCopy]? {
    var copies: [RunCopy] = []
    let own = ["README.md", "SHA256SUMS", "archive.json", "evidence.json.gz", "ro-crate-metadata.json"]
    let reports = archive.reports.map { "reports/\($0.folder)/" }
    var allowed = Set(own)
    for run in archive.runs {
      do {
        let copy = try RunCopy(root: folder, run: run, artifactLimit: .max)
        allowed.formUnion(copy.names.map { "runs/\(run)/\($0)" })
        copies.append(copy)
      } catch {
        found.add(PageDifference(file: "\(folder)/runs/\(run)", what: "\(error)"))
      }
    }
    for name in try filesUnder(folder)
    where !allowed.contains(name)
      && !reports.contains(where: { name.hasPrefix($0) && Self.isOfReport(name.dropFirst($0.count)) })
    {
      found.add(PageDifference(file: "\(folder)/\(name)", what: "is no file of an archive"))
    }
    // Another version has other words.
    let readable = copies.count == archive.runs.count ? copies : nil
    guard archive.vgglab == version else { return readable }
    let readMe = archive.readMe(try ArchiveContents(folder: folder, runs: archive.runs))
    let description = try researchObject(archive, try Self.rows(of: folder, limit: limits.bytes), folder)
    for (name, right) in [("README.md", readMe), ("ro-crate-metadata.json", description.json(linesTo: 4))] {
      let text: String
      do { text = String(decoding: try readFile(name, below: folder, limit: 64 << 20), as: UTF8.self) } catch {
        throw asReportError(error)
      }
      if text != right {
        found.add(PageDifference(file: "\(folder)/\(name)", what: "differs from what the archive's other files give"))
      }
    }
    return readable
  }

  /// Whether a path in a report's folder can be one of its files; those of its folders are compared with the report.
  private static func isOfReport(_ path: Substring) -> Bool {
    ["index.html", "README.md", "notebook.ipynb", pdfName].contains(String(path))
      || ["figures/", "data/", "images/"].contains(where: path.hasPrefix)
  }

  /// Compares an archive's rows with a store's journals.
  func compare(archive folder: String, with store: Store) throws(ReportError) -> Verification {
    var found = Verification()
    let rows = try Self.rows(of: folder, limit: limits.bytes)
    do throws(StoreError) {
      for difference in try store.differences(from: rows) {
        found.add(PageDifference(file: "\(folder)/evidence.json.gz", what: "\(difference)"))
      }
    } catch { throw .evidence(error) }
    let count = rows.runs.count
    found.notes.append("\(count) \(count == 1 ? "run" : "runs") compared with the journals in \(store.directory)")
    return found
  }

  /// The rows that an archive keeps.
  static func rows(of folder: String, limit: Int = ReportEvidence.limit) throws(ReportError) -> StoreEvidence {
    let path = "\(folder)/evidence.json.gz"
    do {
      let json = try gunzip(
        try readFile("evidence.json.gz", below: folder, limit: limit), limit: limit)
      return try StoreEvidence(json: try readJSON(json, limit: limit))
    } catch let error as FileError { throw .file(error) } catch {
      throw .page(file: path, .reading(reason: "\(error)"))
    }
  }

  private func checkDigests(_ folder: String, _ found: inout Verification) throws(ReportError) {
    let path = "\(folder)/SHA256SUMS"
    let text: String
    do { text = try readText(path, limit: 64 << 20) } catch { throw .file(error) }
    var wanted: [String: String] = [:]
    for (index, line) in text.split(separator: "\n").enumerated() {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].utf8.count == 64, parts[1].hasPrefix(" "), isInside(parts[1].dropFirst()),
        wanted.updateValue(String(parts[0]), forKey: String(parts[1].dropFirst())) == nil
      else {
        found.add(PageDifference(file: path, line: index + 1, what: "is not a digest and a file of the archive"))
        continue
      }
    }
    let there = Set(try filesUnder(folder)).subtracting(["SHA256SUMS"])
    for name in there.subtracting(wanted.keys).sorted() {
      found.add(PageDifference(file: "\(folder)/\(name)", what: "was added: SHA256SUMS does not list it"))
    }
    for (name, digest) in wanted.sorted(by: { $0.key < $1.key }) {
      guard there.contains(name) else {
        found.add(PageDifference(file: "\(folder)/\(name)", what: "is missing"))
        continue
      }
      if try Evidence.digest("\(folder)/\(name)") != digest {
        found.add(
          PageDifference(
            file: "\(folder)/\(name)",
            what: "was changed: it does not match its digest"))
      }
    }
  }

  /// Whether a path stays in the folder that it is looked up in.
  private func isInside(_ path: Substring) -> Bool {
    !path.isEmpty && !path.hasPrefix("/")
      && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        $0 != ".." && $0 != "." && !$0.isEmpty
      }
  }
}

extension ArchiveFolder {
  /// Takes the runs of an archive into a store, all or none, once the archive has been checked. Gives the ids of those that
  /// are new there. `limits` bound its evidence. The store is opened, or made, once the archive was found to be sound.
  ///
  /// Throws ``ReportError``: an archive that fails verification, a run that is there with another journal.
  public func importRuns(
    of name: String, into store: () throws -> Store, version: String, limits: EvidenceLimits = EvidenceLimits()
  ) throws(ReportError) -> [String] {
    let folder = try archive(name)
    var verifier = Verifier(version: version, limits: limits)
    let found = try verifier.verify(archive: folder)
    if let first = found.differences.first { throw .archive(.unsound(name, first: "\(first)")) }
    do {
      let copies = try Archive(folder: folder).runs.map { try RunCopy(root: folder, run: $0, artifactLimit: .max) }
      return try store().take(copies)
    } catch { throw asReportError(error) }
  }
}
