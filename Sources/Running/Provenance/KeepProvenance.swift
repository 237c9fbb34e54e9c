import Digests
import Files
import Foundation
package import Journals
import Processes

/// What names the process of an attempt on this machine: `process.json` beside the journal.
///
/// It is for whoever looks at this machine, and no archive takes it. The journal, which is handed on, has none of it.
package struct ProcessRecord: Codable {
  package var attempt: Int
  package var boot_id: String?
  package var process_id: Int
  /// In clock ticks since boot; with the other two it names the process for ever.
  package var process_start: UInt64?

  package init(attempt: Int) {
    self.attempt = attempt
    boot_id = ProcessFacts.bootID
    process_id = Int(getpid())
    process_start = ProcessFacts.startTicks
  }

  /// Replaces the record of an earlier attempt. Nothing depends on it, so that one that cannot be written is no error.
  package func write(to folder: RunFolder) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return }
    try? folder.open().write(RunFiles.process, data + Data("\n".utf8), mode: 0o600)
  }
}

extension RunFolder {
  /// Keeps uncommitted changes as `uncommitted-<attempt>.diff`; nil where there are none.
  package func save(_ changes: UncommittedChanges?, attempt: Int) throws -> ArtifactRecord? {
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
