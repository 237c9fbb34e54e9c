import Digests
import Files
import Foundation
import Journals

/// What names the process of an attempt on this machine, and where its data was: `process.json` beside the journal.
///
/// It is for whoever looks at this machine, and no archive takes it. The journal, which is handed on, has none of it.
struct ProcessRecord: Codable {
  var attempt: Int
  var boot_id: String?
  var process_id: Int
  /// In clock ticks since boot; with the other two it names the process for ever.
  var process_start: UInt64?
  /// The folder of the data set's files, where one was named.
  var data: String?

  init(attempt: Int, data: String?) {
    self.attempt = attempt
    boot_id = ProcessFacts.bootID
    process_id = Int(getpid())
    process_start = ProcessFacts.startTicks
    self.data = data
  }

  static let fileName: PlainName = "process.json"

  /// Replaces the record of an earlier attempt. Nothing depends on it, so that one that cannot be written is no error.
  func write(to folder: RunFolder) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return }
    try? folder.open().write(Self.fileName, data + Data("\n".utf8), mode: 0o600)
  }
}

extension RunFolder {
  /// Keeps uncommitted changes as `uncommitted-<attempt>.diff`; nil where there are none.
  func save(_ changes: UncommittedChanges?, attempt: Int) throws -> ArtifactRecord? {
    guard let changes else { return nil }
    guard let name = PlainName("\(RunCopy.changesPrefix)\(attempt)") else { return nil }
    let file = name.appending(".diff")
    try open().write(file, changes.data, mode: 0o600)
    return ArtifactRecord(
      name: name.text, path: file, bytes: changes.data.count, digest: sha256Hex(changes.data))
  }
}

extension UncommittedChanges {
  /// A sentence for people where the changes touch files that often hold secrets; nil where they do not.
  public var warning: String? {
    guard let first = sensitive.first else { return nil }
    let others = sensitive.count == 1 ? "" : " and \(sensitive.count - 1) more"
    return """
      warning: the uncommitted changes that are kept with each run touch \(first)\(others); they stay in the store and go \
      into no archive unless --with-diff is given; --no-diff or VGGLAB_DIFF=no keeps none
      """
  }
}
