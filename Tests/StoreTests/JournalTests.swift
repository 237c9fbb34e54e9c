import Foundation
import Journals
import Store
import Testing

@Suite struct JournalTests {
  @Test func whatIsWrittenIsRead() throws {
    let store = TemporaryStore()
    let odd = JournalRecord.metric([
      MetricRecord(name: "step_loss", step: 1, epoch: 0.1, value: .nan),
      MetricRecord(name: "step_loss", step: 2, epoch: 0.2, value: .infinity),
      MetricRecord(name: "\n\u{0}ü\"", step: 3, epoch: 1 / 3.0, value: .leastNonzeroMagnitude),
    ])
    let folder = try store.addRun(Samples.whole + [odd])
    let piece = try readJournal(folder)
    #expect(piece.problems.isEmpty)
    #expect(piece.records.count == Samples.whole.count + 2)
    #expect(Array(piece.records[1...Samples.whole.count]) == Samples.whole)
    guard case .metric(let metrics)? = piece.records.last else {
      Issue.record("the last record is \(String(describing: piece.records.last))")
      return
    }
    #expect(metrics[0].value.isNaN && metrics[1].value == .infinity && metrics[2].value == .leastNonzeroMagnitude)
    #expect(metrics[2].name == "\n\u{0}ü\"" && metrics[2].epoch == 1 / 3.0)
    #expect(piece.endOffset == (try Data(contentsOf: URL(fileURLWithPath: folder.journalPath))).count)
  }

  @Test func cutAtEveryByteItIsReadToTheLastWholeLine() throws {
    let store = TemporaryStore()
    let folder = try store.addRun([Samples.attempt(), Samples.metrics(1, epoch: 0.5), Samples.completed])
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.journalPath))
    let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    #expect(ends.count == 4)
    let copy = try RunFolder.create(store: store.path, trialID: "cccccccc")
    for length in 0...whole.count {
      try whole.prefix(length).write(to: URL(fileURLWithPath: copy.journalPath))
      let piece = try readJournal(copy)
      let expected = ends.last { $0 <= length } ?? 0
      #expect(piece.endOffset == expected)
      #expect(piece.records.count == ends.filter { $0 <= length }.count)
      #expect(piece.problems.isEmpty)
      // The rest, once it is there.
      let rest = try readJournal(folder, from: piece.endOffset)
      #expect(piece.records.count + rest.records.count == 4)
    }
  }

  @Test func aSpoiledByteIsToldAndTheOtherLinesAreRead() throws {
    let store = TemporaryStore()
    let folder = try store.addRun([Samples.attempt(), Samples.metrics(1, epoch: 0.5), Samples.completed])
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.journalPath))
    let copy = try RunFolder.create(store: store.path, trialID: "cccccccc")
    for place in stride(from: 0, to: whole.count, by: 7) where whole[place] != UInt8(ascii: "\n") {
      var data = whole
      data[place] ^= 0x04
      guard data[place] != UInt8(ascii: "\n") else { continue }
      try data.write(to: URL(fileURLWithPath: copy.journalPath))
      let piece = try readJournal(copy)
      #expect(piece.records.count == 3 && piece.problems.count == 1, "byte \(place)")
      #expect(piece.endOffset == whole.count)
    }
  }

  @Test func aTornLineIsCutOffBeforeTheNextIsWritten() throws {
    let store = TemporaryStore()
    let folder = try store.addRun([Samples.attempt()])
    let handle = try #require(FileHandle(forWritingAtPath: folder.journalPath))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("0123456789abcdef {\"metric\":[{\"na".utf8))
    try handle.close()
    #expect(try readJournal(folder).records.count == 2)
    try JournalWriter(folder: folder).append([Samples.completed])
    let piece = try readJournal(folder)
    #expect(piece.records.count == 3 && piece.problems.isEmpty)
    #expect(piece.records.last == Samples.completed)
  }

  @Test func recordsOfANewerKindArePassedOver() throws {
    let store = TemporaryStore()
    let folder = try store.addRun()
    // A line with a right checksum and a kind that nobody knows.
    let handle = try #require(FileHandle(forWritingAtPath: folder.journalPath))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("5e2d01fbff59dddf {\"future\":{}}\n".utf8))
    try handle.close()
    try JournalWriter(folder: folder).append([Samples.attempt()])
    let piece = try readJournal(folder)
    #expect(piece.records.count == 2 && piece.problems.count == 1)
  }

  @Test func anIdIsNoPath() throws {
    let store = TemporaryStore()
    for name in ["../x", "a/b", "", "..", "A", String(repeating: "a", count: 65), "a\u{0}"] {
      #expect(throws: JournalError.badRunID(name)) { try RunFolder(store: store.path, existing: name) }
    }
    #expect(throws: JournalError.noSuchRun("abcd")) { try RunFolder(store: store.path, existing: "abcd") }
  }

  @Test func aLockHasOneHolder() throws {
    let store = TemporaryStore()
    let folder = try store.addRun()
    #expect(!folder.isLocked)
    let lock = try #require(try folder.acquireLock())
    #expect(folder.isLocked)
    #expect(try folder.acquireLock() == nil)
    lock.release()
    #expect(!folder.isLocked)
    #expect(try folder.acquireLock() != nil)
  }
}
