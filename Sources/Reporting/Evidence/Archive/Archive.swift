import Notebooks
import Rendering
import Digests
import ExactJSON
public import Files
import Foundation
import Journals
import Store

/// A frozen comparison in a folder of its own: runs with their journals, the rows made from them, reports with their
/// evidence, digests of all of it.
public struct Archive: Sendable, Hashable {
  public static let format = 1

  public var name: String
  /// ISO 8601 in UTC.
  public var createdAt: String
  /// The version that made it.
  public var vgglab: String
  public var runs: [String]
  /// Runs of an archive.
  public static let runLimit = 100_000
  /// Files of runs that were too large to be taken, as `run/name`.
  public var leftOut: [String]
  public var reports: [Report]
  /// Whether names of hosts and people were replaced in it.
  public var isAnonymous = false

  /// A report of the archive.
  public struct Report: Sendable, Hashable {
    /// In `reports/`.
    public var folder: String
    public var notebook: String
    public var title: String
    public var language: String
    /// See ``ReportEvidence/reportID``.
    public var id: String
  }

  /// Letters, digits, dashes and underscores alone, so that a name is never a path.
  public static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
      }
  }

  var json: JSONValue {
    var members = [
      JSONValue.Member("format", .integer(Int64(Self.format))), JSONValue.Member("name", .text(name)),
      JSONValue.Member("created_at", .text(createdAt)), JSONValue.Member("vgglab", .text(vgglab)),
      JSONValue.Member("runs", .array(runs.map { .text($0) })),
      JSONValue.Member("left_out", .array(leftOut.map { .text($0) })),
      JSONValue.Member(
        "reports",
        .array(
          reports.map { report in
            .object([
              "folder": .text(report.folder), "notebook": .text(report.notebook), "title": .text(report.title),
              "language": .text(report.language), "id": .text(report.id),
            ])
          })),
    ]
    if isAnonymous { members.append(JSONValue.Member("anonymous", .bool(true))) }
    return .object(members)
  }

  /// Reads `archive.json` of an archive's folder. Throws ``ReportError``.
  public init(folder: String) throws(ReportError) {
    let path = "\(folder)/archive.json"
    func texts(_ values: [JSONValue]) throws(StoreError) -> [String] {
      try values.map { value throws(StoreError) in
        guard let text = value.text else { throw .evidence(.wrongType("archive", expected: "made of texts")) }
        return text
      }
    }
    do {
      let json = try readJSON(try readFile("archive.json", below: folder, limit: 16 << 20), limit: 16 << 20)
      // Only archives that are anonymous say so.
      isAnonymous = json["anonymous"] == .bool(true)
      let fields = try EvidenceFields(
        json, "archive",
        ["format", "name", "created_at", "vgglab", "runs", "left_out", "reports"]
          + (isAnonymous ? ["anonymous"] : []))
      let format = try fields.integer("format", in: 1...1_000_000)
      guard format == Self.format else {
        throw ReportError.page(file: path, .wrongFormat(found: format, known: Self.format))
      }
      name = try fields.text("name")
      guard Self.isName(name) else { throw StoreError.evidence(.wrongType("name", expected: "an archive's name")) }
      createdAt = try fields.text("created_at")
      vgglab = try fields.text("vgglab")
      runs = try texts(try fields.array("runs"))
      guard runs.count <= Self.runLimit, Set(runs).count == runs.count, runs.allSatisfy(RunFolder.isID) else {
        throw StoreError.evidence(.wrongType("runs", expected: "the ids of at most \(Self.runLimit) runs, each once"))
      }
      leftOut = try texts(try fields.array("left_out"))
      reports = try fields.array("reports").map { value in
        let report = try EvidenceFields(value, "reports", ["folder", "notebook", "title", "language", "id"])
        let folder = try report.text("folder")
        guard isPlainFileName(folder) else {
          throw StoreError.evidence(.wrongType("folder", expected: "a folder's name"))
        }
        return Report(
          folder: folder, notebook: try report.text("notebook"), title: try report.text("title"),
          language: try report.text("language"), id: try report.text("id"))
      }
    } catch let error as ReportError { throw error } catch let error as NotebookError {
      throw .notebook(error)
    } catch let error as FileError { throw .file(error) } catch {
      throw .page(file: path, .reading(reason: "\(error)"))
    }
  }

  init(
    name: String, createdAt: String, vgglab: String, runs: [String], leftOut: [String], reports: [Report],
    isAnonymous: Bool = false
  ) {
    self.name = name
    self.createdAt = createdAt
    self.vgglab = vgglab
    self.runs = runs
    self.leftOut = leftOut
    self.reports = reports
    self.isAnonymous = isAnonymous
  }
}

/// The folder that contains the archives.
public struct ArchiveFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// The folder of an archive, which must be there and be no link. Throws ``ReportError/archive(_:)``.
  public func archive(_ name: String) throws(ReportError) -> String {
    guard Archive.isName(name) else { throw .archive(.badName(name)) }
    let folder = "\(path)/\(name)"
    switch fileKind(folder) {
    case .folder: return folder
    case .link: throw .archive(.link(folder))
    default: throw .archive(.missing(name, known: names))
    }
  }

  /// Where a new archive comes: nothing is there, or an empty folder. Throws ``ReportError/archive(_:)`` for a name that is no
  /// file's, or that an archive has, and ``ReportError/output(_:)`` for what vgglab did not make.
  func newArchive(_ name: String) throws(ReportError) -> String {
    guard Archive.isName(name) else { throw .archive(.badName(name)) }
    let folder = "\(path)/\(name)"
    switch fileKind(folder) {
    case nil: return folder
    case .folder:
      let names = (try? Folder(folder).names()) ?? ["names that cannot be read"]
      if names.contains("archive.json") { throw .archive(.exists(name)) }
      guard names.isEmpty else { throw .output(.notMade(folder, names: names)) }
      return folder
    default: throw .output(.notAFolder(folder))
    }
  }

  /// The names of its archives, sorted, damaged ones among them.
  public var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted().filter {
      Archive.isName($0) && fileKind("\(path)/\($0)") == .folder && fileKind("\(path)/\($0)/archive.json") != nil
    }
  }
}

/// What keeps an archive from being made or used, as facts.
public enum ArchiveProblem: Hashable, Sendable, CustomStringConvertible {
  case badName(String)
  case exists(String)
  case missing(String, known: [String])
  case link(String)
  /// A FIFO, socket or device.
  case notPlain(String, FileKind)
  /// A file's name, with U+FFFD for the bytes that are not UTF-8.
  case notUTF8(String)
  case nothing
  case workedOn(run: String)
  case damaged(first: String)
  case twice(String)
  case unsound(String, first: String)

  public var description: String {
    switch self {
    case .badName(let name):
      "an archive cannot be called '\(name.prefix(64))'; use up to 64 letters, digits, dashes and underscores"
        + (name.contains("/") ? ", and name the folder of archives with --archives" : "")
    case .exists(let name): "there is an archive '\(name)' already; choose another name"
    case .missing(let name, let known):
      "there is no archive '\(name.prefix(64))'; "
        + (known.isEmpty ? "none was made" : "there are \(known.prefix(20).joined(separator: ", "))")
    case .link(let path): "\(path): is a link; links in an archive are not followed"
    case .notPlain(let path, let kind): "\(path): is \(kind.phrase), which an archive cannot have; remove it"
    case .notUTF8(let path): "\(path): has a name that is not UTF-8, which no file of an archive has; remove it"
    case .nothing: "there is nothing to archive: name runs with --runs, or a notebook whose queries find some"
    case .damaged(let first):
      "a run cannot be archived, its journal is damaged: \(first); select other runs with --runs"
    case .workedOn(let run): "run \(run) is in progress; wait until it ends, or select other runs with --runs"
    case .twice(let name): "two notebooks are called \(name); an archive keeps each report under its notebook's name"
    case .unsound(let name, let first): "archive '\(name)' failed verification; nothing was imported: \(first)"
    }
  }
}
