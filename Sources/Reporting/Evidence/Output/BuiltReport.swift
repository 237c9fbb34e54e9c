import Digests
package import Files
package import Foundation

/// A report that vgglab has built into a folder: what its mark lists, and nothing else that may be there.
package struct BuiltReport: Sendable, Hashable {
  /// The folder.
  package let folder: String
  /// The notebook's file name.
  package let notebook: String
  private let files: [String: Set<String>]

  /// Bytes of the largest file that is read.
  private static let limit = 256 << 20

  /// nil for a folder that has no report of vgglab's.
  package init?(at folder: String) {
    guard let mark = OwnedFolder(folder).mark, mark.subject.kind == .report, mark.files["index.html"] != nil else {
      return nil
    }
    self.folder = folder
    notebook = mark.subject.notebook
    files = mark.files
  }

  /// The reports in the folder of a store where reports are built into that name no other, by their folders' names.
  package static func all(inStore store: String) -> [PlainName: BuiltReport] {
    guard let folder = try? Folder(store).folder("reports"), let names = try? folder.names() else { return [:] }
    var found: [PlainName: BuiltReport] = [:]
    for name in names.compactMap({ PlainName($0) }) where folder.kind(of: name.text) == .folder {
      found[name] = BuiltReport(at: "\(store)/reports/\(name)")
    }
    return found
  }

  /// The bytes of a file that vgglab wrote and nobody has changed since; nil for any other. No link is followed.
  package func file(_ path: [PlainName]) -> Data? {
    let name = path.map(\.text).joined(separator: "/")
    guard let digests = files[name], let data = try? readFile(name, below: folder, limit: Self.limit),
      digests.contains(sha256Hex(data))
    else { return nil }
    return data
  }

  /// Its files' paths, sorted.
  package var paths: [String] { files.keys.sorted() }
}
