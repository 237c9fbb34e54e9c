import Rendering
import ExactJSON
import Files
import Foundation
import Store

/// What the files of an output folder belong to.
public struct OutputSubject: Sendable, Hashable {
  /// What was written.
  public enum Kind: String, Sendable, Hashable {
    case report
    case evidence
    /// A run's event file for TensorBoard.
    case events
  }

  /// What was written.
  public var kind: Kind
  /// The notebook's file name; for events the run.
  public var notebook: String
  /// Digits that name where the notebook is, for folders that the notebook's name alone does not choose.
  public var place: String?

  /// A subject by its parts.
  public init(_ kind: Kind, notebook: String, place: String? = nil) {
    (self.kind, self.notebook, self.place) = (kind, notebook, place)
  }

  /// For messages.
  var phrase: String {
    switch kind {
    case .report: "a report of \(notebook)"
    case .evidence: "extracted evidence of \(notebook)"
    case .events: "events of run \(notebook)"
    }
  }
}

/// The file by which vgglab recognizes a folder that it has made: what it wrote there, with digests.
struct OutputMark: Sendable, Hashable {
  static let format = 1
  /// Its name in the folder.
  static let name: PlainName = "vgglab-output.json"
  static let byteLimit = 4 << 20

  var subject: OutputSubject
  /// SHA-256 by the files' paths. While files are replaced, a path has the digest of before and the one of afterwards.
  var files: [String: Set<String>]

  init(_ subject: OutputSubject, _ files: [String: Set<String>]) { (self.subject, self.files) = (subject, files) }

  var json: JSONValue {
    .object([
      JSONValue.Member("format", .integer(Int64(Self.format))),
      JSONValue.Member(
        "note", .text("vgglab made this folder; it replaces and removes the files listed here, and no others")),
      JSONValue.Member("kind", .text(subject.kind.rawValue)), JSONValue.Member("notebook", .text(subject.notebook)),
      JSONValue.Member("place", subject.place.map { .text($0) } ?? .null),
      JSONValue.Member(
        "files",
        .object(
          files.sorted { $0.key < $1.key }.map { name, digests in
            JSONValue.Member(name, .array(digests.sorted().map { .text($0) }))
          })),
    ])
  }

  /// Reads what ``json`` wrote. Throws `StoreError` or an error of the JSON reader.
  init(_ data: Data) throws {
    let fields = try EvidenceFields(
      try readJSON(data, limit: Self.byteLimit), "the mark", ["format", "note", "kind", "notebook", "place", "files"])
    guard try fields.integer("format", in: 1...1_000_000) == Self.format,
      let kind = OutputSubject.Kind(rawValue: try fields.text("kind")), let members = try fields.value("files").members
    else { throw StoreError.evidence(.wrongType("the mark", expected: "of a form that this vgglab knows")) }
    subject = OutputSubject(kind, notebook: try fields.text("notebook"), place: try fields.optionalText("place"))
    files = [:]
    for member in members {
      let digests = member.value.array?.compactMap(\.text) ?? []
      guard OutputPath(member.key) != nil, !digests.isEmpty else {
        throw StoreError.evidence(.wrongType("files", expected: "file names with digests"))
      }
      files[member.key, default: []].formUnion(digests)
    }
  }
}

/// The path of a file in an output folder: a name, or a folder's name and a name.
struct OutputPath: Sendable, Hashable {
  var folder: PlainName?
  var name: PlainName

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { PlainName(String($0)) }
    guard let last = parts.last, let name = last, parts.count <= 2 else { return nil }
    self.name = name
    if parts.count == 2 {
      guard let folder = parts[0] else { return nil }
      self.folder = folder
    }
  }
}
