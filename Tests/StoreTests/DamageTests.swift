import Foundation
import Journals
import Store
import Testing

/// Journals as killed processes, failing disks, newer versions and strangers leave them.
@Suite struct DamageTests {
  private func append(_ text: String, to folder: RunFolder) throws {
    let handle = try #require(FileHandle(forWritingAtPath: folder.journalPath))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  @Test(arguments: [
    ("b81cf6e9cc0f5f3c {\"future\":{}}", "does not match its checksum"),
    ("5e2d01fbff59dddf {\"future\":{}}", "is of a kind that this vgglab does not know"),
    ("6faedd9c93de26c8 {\"end\":{},\"event\":{}}", "is of a kind that this vgglab does not know"),
    ("4f53cda18c2baa0c []", "is of a kind that this vgglab does not know"),
    ("41528a4ebb69f13e {\"run\":{},\"version\":2}", "has format version 2, and this vgglab reads up to 1"),
    ("{\"event\":{}}", "is not a record"),
    ("", "is not a record"),
    (String(repeating: "x", count: 1 << 19), "is not a record"),
  ])
  func aLineThatIsNoRecordIsTold(line: String, sentence: String) throws {
    let store = TemporaryStore()
    let folder = try store.addRun([Samples.attempt()])
    let offset = try readJournal(folder).endOffset
    try append(line + "\n", to: folder)
    try JournalWriter(folder: folder).append([Samples.completed])
    let piece = try readJournal(folder)
    #expect(
      piece.problems == ["\(folder.journalPath): the line at byte \(offset) \(sentence); it was skipped"])
    #expect(piece.records.count == 3 && piece.records.last == Samples.completed)
  }

  @Test func theFirstLineTellsTheFormatsVersion() throws {
    let store = TemporaryStore()
    let folder = try store.addRun([Samples.attempt()])
    let lines = try String(contentsOfFile: folder.journalPath, encoding: .utf8).split(separator: "\n")
    #expect(lines[0].hasSuffix(",\"version\":1}") && !lines[1].contains("\"version\":"))
  }

  @Test(arguments: [1, 100, 70_000, 200_000])
  func aTornEndOfAnyLengthIsCutOff(length: Int) throws {
    let store = TemporaryStore()
    let folder = try store.addRun([Samples.attempt()])
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.journalPath))
    try append(String(repeating: "x", count: length), to: folder)
    _ = try JournalWriter(folder: folder)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.journalPath)) == whole)
    // Nothing but a torn line: nothing is left.
    try Data(String(repeating: "x", count: length).utf8).write(to: URL(fileURLWithPath: folder.journalPath))
    try JournalWriter(folder: folder).append([Samples.completed])
    #expect(try readJournal(folder).records == [Samples.completed])
  }

  @Test func aLongJournalIsReadInPieces() throws {
    let store = TemporaryStore()
    let folder = try store.addRun(Samples.whole)
    let whole = try readJournal(folder)
    for limit in [1, 500, 5000] {
      var records: [JournalRecord] = []
      var offset = 0
      var pieces = 0
      while offset < whole.endOffset {
        let piece = try readJournal(folder, from: offset, limit: limit)
        #expect(piece.endOffset > offset)
        (records, offset, pieces) = (records + piece.records, piece.endOffset, pieces + 1)
      }
      #expect(records == whole.records && (limit > 1 || pieces == whole.records.count))
    }
  }

  @Test func cutAnywhereAndGoneOnWithTheDatabaseIsTheSame() throws {
    let whole = TemporaryStore()
    let run = try whole.addRun(Samples.whole)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: run.journalPath))
    let atOnce = try whole.open()
    #expect(try atOnce.ingest().isEmpty)
    let cut = TemporaryStore()
    let inPieces = try cut.open()
    let path = RunFolder.journalPath(store: cut.path, run: run.run)
    try FileManager.default.createDirectory(atPath: "\(cut.path)/runs/\(run.run)", withIntermediateDirectories: false)
    for length in Array(stride(from: 0, to: bytes.count, by: 61)) + [bytes.count] {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(try inPieces.ingest().isEmpty)
    }
    #expect(try StoreTests.dump(inPieces) == StoreTests.dump(atOnce))
    #expect(try inPieces.query("SELECT count(*) FROM metric").rows == [[.integer(8)]])
  }

  @Test func recordsThatCannotBeAreToldAndTheOthersAreTakenIn() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun([
      Samples.attempt(), .metric([MetricRecord(name: "step_loss", step: 1, epoch: .nan, value: 1)]),
      Samples.metrics(2, epoch: 1, testAccuracy: 0.5), Samples.completed,
    ])
    let other = try RunFolder.create(store: folder.path, trialID: "cdcdcdcd")
    var record = Samples.run(other.run, "broken", "cdcdcdcd", "2026")
    record.configuration = "{"
    try JournalWriter(folder: other).append([.run(record), Samples.attempt()])
    let store = try folder.open()
    let problems = try store.ingest()
    #expect(problems.count == 3)
    #expect(problems[0].hasPrefix("\(run.journalPath): the line at byte"))
    #expect(problems[1].hasPrefix("\(other.journalPath): a record with a run is invalid"))
    #expect(problems[2].hasPrefix("\(other.journalPath): does not begin with its run"))
    #expect(try store.runs().map(\.id) == [run.run])
    #expect(try store.run(matching: run.run).testAccuracy == 0.5)
    #expect(
      try store.health().problems == [
        "runs/\(other.run): its journal does not begin with its run record; nothing was ingested"
      ])
  }

  @Test func valuesThatAreNoNumbersSurviveToTheExport() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun([
      Samples.attempt(),
      .metric(
        [Double.nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude].enumerated().map {
          MetricRecord(name: "step_loss", step: $0, epoch: 0, value: $1)
        }),
    ])
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    let values = try store.exportMetrics(run: run.run, format: .csv).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",").last.map(String.init) ?? "" }
    #expect(values == ["nan", "inf", "-inf", "5e-324", "1.7976931348623157e+308"])
    #expect(throws: StoreError.noSuchRun("none")) { try store.exportMetrics(run: "none", format: .csv) }
  }

  @Test func aJournalThatCannotBeReadKeepsNobodyFromTheOthers() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(Samples.whole)
    let directory = try RunFolder.create(store: folder.path, trialID: "00000000")
    try FileManager.default.createDirectory(atPath: directory.journalPath, withIntermediateDirectories: false)
    let pipe = try RunFolder.create(store: folder.path, trialID: "00000000")
    #expect(mkfifo(pipe.journalPath, 0o600) == 0)
    let store = try folder.open()
    let problems = try store.ingest()
    #expect(problems.count == 2)
    for path in [directory.journalPath, pipe.journalPath] { #expect(problems.contains { $0.hasPrefix(path) }) }
    #expect(try store.runs().map(\.id) == [run.run])
    #expect(throws: JournalError.self) { try readJournal(pipe) }
  }

  @Test func aJournalThatLostItsEndIsTold() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun(Samples.whole)
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(truncate(run.journalPath, 10) == 0)
    let problems = try store.ingest()
    #expect(problems.count == 1 && problems[0].hasPrefix("\(run.journalPath): has 10 bytes, but "))
    #expect(try store.run(matching: run.run).state == .completed)
  }
}
