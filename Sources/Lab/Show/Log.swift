public import Files
import Foundation
public import Store

/// What a run's worker wrote to its standard output and error; empty if it said nothing.
public func logText(store: String, run: String) throws(FileError) -> String {
  do {
    var text = String(decoding: try readFile("\(store)/runs/\(run)/log"), as: UTF8.self)
    while text.last == "\n" { text.removeLast() }
    return text
  } catch .missing {
    return ""
  }
}

/// Gives what a run's worker writes, whole lines at a time, until no process works on the run any more.
///
/// A run that nobody has begun with yet is waited for. Throws ``StoreError`` if the run is not there.
public func followLog(store: String, run: String, write: (String) -> Void) throws(StoreError) {
  let folder = try RunFolder(store: store, existing: run)
  var offset: UInt64 = 0
  var pending = Data()
  while true {
    // Asked before the rest is read: what was written before the end is not missed.
    let isEnding = !folder.isLocked && hasBegun(folder)
    if let handle = FileHandle(forReadingAtPath: "\(folder.path)/log") {
      try? handle.seek(toOffset: offset)
      let data = (try? handle.readToEnd()) ?? Data()
      try? handle.close()
      offset += UInt64(data.count)
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
  guard let piece = try? readJournal(folder.journalPath) else { return true }
  return piece.records.contains { if case .attempt = $0 { true } else { false } }
}
