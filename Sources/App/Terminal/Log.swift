public import Files
import Foundation
public import Journals

/// What a run's worker wrote to its standard output and error; empty if it said nothing.
public func logText(store: String, run: String) throws(FileError) -> String {
  do {
    guard let folder = try? RunFolder(store: store, existing: run) else { return "" }
    var text = String(decoding: try folder.open().read(RunFiles.log), as: UTF8.self)
    while text.last == "\n" { text.removeLast() }
    return text
  } catch .missing {
    return ""
  }
}

/// Gives what a run's worker writes, whole lines at a time, until no process works on the run any more.
///
/// A run that nobody has begun with yet is waited for. Throws `JournalError` if the run is not there.
public func followLog(store: String, run: String, write: (String) -> Void) throws(JournalError) {
  let folder = try RunFolder(store: store, existing: run)
  var offset = 0
  var pending = Data()
  while true {
    // Asked before the rest is read: what was written before the end is not missed.
    let isEnding = !folder.isLocked && hasBegun(folder)
    if let file = try? folder.open().file(RunFiles.log) {
      lseek(file.number, off_t(offset), SEEK_SET)
      let data = (try? file.readAll(limit: 64 << 20)) ?? Data()
      offset += data.count
      pending += data
    }
    let end =
      isEnding ? pending.endIndex : pending.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? pending.startIndex
    if end > pending.startIndex {
      write(String(decoding: pending[..<end], as: UTF8.self))
      pending = Data(pending[end...])
    }
    if isEnding { return }
    usleep(200_000)
  }
}

/// Whether a process has worked on a run, or it is gone.
private func hasBegun(_ folder: RunFolder) -> Bool {
  guard let piece = try? readJournal(folder) else { return true }
  return piece.records.contains { if case .attempt = $0 { true } else { false } }
}
