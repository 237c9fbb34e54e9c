public import Notebooks
import Compression
import Digests
import ExactJSON
import Files
import Journals
import Foundation
public import Store

/// What an archive is to be made of.
public struct ArchiveRequest: Sendable {
  public var name: String
  /// Ids; nil for every run that the notebooks' reports match.
  public var runs: [String]?
  public var notebooks: [NotebookSource]
  /// ISO 8601 in UTC.
  public var createdAt: String
  public var version: String
  /// Kept files of runs up to this size come along.
  public var artifactLimit: Int
  /// Whether the changes to the source come along that were not committed when a run was made.
  public var withChanges: Bool
  /// Names of the author, to be left out with those of hosts; nil for an archive as it is.
  public var anonymousPeople: [String]?

  public init(
    name: String, runs: [String]?, notebooks: [NotebookSource], createdAt: String, version: String,
    artifactLimit: Int = 4 << 20, withChanges: Bool = false, anonymousPeople: [String]? = nil
  ) {
    self.name = name
    self.runs = runs
    self.notebooks = notebooks
    self.createdAt = createdAt
    self.version = version
    self.artifactLimit = artifactLimit
    self.withChanges = withChanges
    self.anonymousPeople = anonymousPeople
  }
}

extension ArchiveFolder {
  /// Makes an archive: runs are copied, made into a store of their own, and the reports built over that store alone. All of
  /// it stands in a temporary folder until it is whole.
  ///
  /// Throws ``ReportError``, and leaves nothing behind.
  public func create(_ request: ArchiveRequest, from store: Store) throws(ReportError) -> Archive {
    let target = try newArchive(request.name)
    var temporary: String?
    do {
      let runs = try chosenRuns(request, store)
      guard !runs.isEmpty else { throw ReportError.archive(.nothing) }
      try makeDirectory(path)
      let folder = try makeTemporaryFolder(in: path, prefix: ".\(request.name)")
      temporary = folder
      let archive = try fill(folder, request, runs, store)
      // It is made to be handed on: others may read it, as far as the user's mask lets them.
      chmod(folder, 0o755 & ~currentUmask)
      guard rename(folder, target) == 0 else {
        throw FileError.unwritable(path: target, reason: String(cString: strerror(errno)))
      }
      // A store that cannot be written to keeps no pins.
      try? store.keep(Pin(kind: .archive, path: target, runs: runs))
      return archive
    } catch {
      if let temporary { try? FileManager.default.removeItem(atPath: temporary) }
      throw asReportError(error)
    }
  }

  /// The oldest first.
  private func chosenRuns(_ request: ArchiveRequest, _ store: Store) throws -> [String] {
    var chosen = Set(request.runs ?? [])
    if request.runs == nil {
      for notebook in request.notebooks {
        let report = try buildReport(notebook, store: store, version: request.version)
        chosen.formUnion(report.evidence.store.runs.map(\.run))
      }
    }
    let all = try store.runs(RunSelection(includesRemoved: true)).filter { chosen.contains($0.id) }
    if let run = all.first(where: { $0.state == .running }) { throw ReportError.archive(.workedOn(run: run.id)) }
    for run in all {
      let journal = try readJournal(RunFolder(store: store.directory, existing: run.id))
      if let first = journal.problems.first { throw ReportError.archive(.damaged(first: first)) }
    }
    return all.map(\.id)
  }

  private func fill(_ folder: String, _ request: ArchiveRequest, _ runs: [String], _ store: Store) throws -> Archive {
    var leftOut: [String] = []
    let anonymizer = try request.anonymousPeople.map {
      try Anonymizer(root: store.directory, runs: runs, people: $0)
    }
    for run in runs {
      var copy = try RunCopy(
        root: store.directory, run: run, artifactLimit: request.artifactLimit,
        withChanges: request.withChanges && anonymizer == nil)
      if let anonymizer { copy = try anonymizer.anonymize(copy) }
      leftOut += copy.leftOut.map { "\(run)/\($0)" }
      try makeDirectory("\(folder)/runs/\(run)")
      try copy.write(into: Folder("\(folder)/runs/\(run)"))
    }
    // A store of the copies alone: what is built over it rests on nothing else.
    let copies = try Store.open(at: folder, access: .readWrite, create: true)
    _ = try copies.ingest()
    let rows = try copies.evidence(ofRuns: runs)
    try writeFileAtomically("\(folder)/evidence.json.gz", gzipped(Data(rows.json.json.utf8)))
    var reports: [Archive.Report] = []
    for notebook in request.notebooks.map({ anonymizer?.source($0) ?? $0 }) {
      let name = lastPathComponent(notebook.file)
      let stem = name.hasSuffix(".md") ? String(name.dropLast(3)) : name
      guard isPlainFileName(stem) else { throw ReportError.archive(.badName(stem)) }
      guard !reports.contains(where: { $0.folder == stem }) else { throw ReportError.archive(.twice(stem)) }
      let built = try buildReport(notebook, store: copies, version: request.version)
      try OwnedFolder("\(folder)/reports/\(stem)").fill(built.report.files)
      reports.append(
        Archive.Report(
          folder: stem, notebook: name, title: built.title, language: built.language, id: built.evidence.reportID))
    }
    copies.closeKeepingJournals()
    let archive = Archive(
      name: request.name, createdAt: request.createdAt, vgglab: request.version, runs: runs, leftOut: leftOut,
      reports: reports, isAnonymous: anonymizer != nil)
    try writeTextAtomically("\(folder)/README.md", archive.readMe(try ArchiveContents(folder: folder, runs: runs)))
    try writeTextAtomically("\(folder)/archive.json", archive.json.json(linesTo: 3))
    try writeTextAtomically(
      "\(folder)/ro-crate-metadata.json", try researchObject(archive, rows, folder).json(linesTo: 4))
    let sums = try filesUnder(folder).map { "\(try digest("\(folder)/\($0)"))  \($0)\n" }.joined()
    try writeTextAtomically("\(folder)/SHA256SUMS", sums)
    return archive
  }
}

func digest(_ path: String) throws(ReportError) -> String {
  guard let digest = sha256Hex(ofFile: path) else {
    throw .file(.unreadable(path: path, reason: "its digest cannot be made"))
  }
  return digest
}

/// All files under a folder by their paths in it, sorted by their bytes; what is neither a file nor a folder is an error, and so
/// is a name that is not UTF-8.
func filesUnder(_ folder: String) throws(ReportError) -> [String] {
  var found: [String] = []
  var open = [""]
  while let part = open.popLast() {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(part)") else {
      throw .file(.unreadable(path: "\(folder)/\(part)", reason: "the folder cannot be listed"))
    }
    // A name that is not UTF-8 is listed with U+FFFD for its bytes: nothing has that name, or another file.
    var seen: Set<[UInt8]> = []
    for name in names {
      let path = part + name
      guard let kind = fileKind("\(folder)/\(path)"), seen.insert(Array(name.utf8)).inserted else {
        throw name.unicodeScalars.contains { $0 == "\u{FFFD}" }
          ? .archive(.notUTF8("\(folder)/\(path)")) : .file(.missing(path: "\(folder)/\(path)"))
      }
      switch kind {
      case .folder: open.append("\(path)/")
      case .file: found.append(path)
      case .link: throw .archive(.link("\(folder)/\(path)"))
      case .fifo, .socket, .device: throw .archive(.notPlain("\(folder)/\(path)", kind))
      }
    }
  }
  return found.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
}

/// Converts an error of the modules below to a ``ReportError``.
func asReportError(_ error: any Error) -> ReportError {
  switch error {
  case let error as ReportError: error
  case let error as FileError: .file(error)
  case let error as StoreError: .evidence(error)
  case let error as NotebookError: .notebook(error)
  case let error as JournalError: .evidence(StoreError(error))
  default: .file(.unreadable(path: "", reason: "\(error)"))
  }
}
