import Digests
import Foundation
import Journals
import Testing

/// Records whose checksum is right and whose values cannot be.
@Suite struct RecordLimitTests {
  /// A store's folder that is gone afterwards.
  private final class Folder {
    let path = NSTemporaryDirectory() + "vgglab-journals-\(UUID().uuidString)"
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private static let configuration = """
    {"dataset":{"name":"synthetic","resize":32,"test":32,"train":64},"network":{},"training":{"batch_size":16,"epochs":2,\
    "max_steps":null,"seed":0}}
    """

  private static func run(_ id: String, epochs: Int = 2) -> RunRecord {
    RunRecord(
      run: id, experiment: "e", question: "?", trial: "t", trialID: "abababab", configuration: configuration,
      reductions: [], seed: 0, epochs: epochs, createdAt: "2026-01-01T00:00:00.000Z")
  }

  /// The problems of a journal with a run's record and one line more.
  private func problems(_ json: String) throws -> [String] {
    let folder = Folder()
    let run = try RunFolder.create(store: folder.path, trialID: "abababab")
    try JournalWriter(folder: run).append([.run(Self.run(run.run))])
    let handle = try #require(FileHandle(forWritingAtPath: run.journalPath))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("\(sha256Hex(Data(json.utf8)).prefix(16)) \(json)\n".utf8))
    try handle.close()
    let whole = try readJournal(run)
    // The same when the journal is read on from behind its first line.
    let offset = try readJournal(run, limit: 1).endOffset
    #expect(try readJournal(run, from: offset).problems == whole.problems)
    #expect(whole.records.count + whole.problems.count == 2)
    return whole.problems
  }

  @Test(arguments: [
    #"{"end":{"at":"t","outcome":"completed","peakResidentBytes":1,"seconds":1e19,"trainingSeconds":1}}"#,
    #"{"end":{"at":"t","outcome":"completed","peakResidentBytes":1,"seconds":1,"trainingSeconds":1e19}}"#,
    #"{"end":{"at":"t","outcome":"completed","peakResidentBytes":1,"seconds":-1,"trainingSeconds":1}}"#,
    #"{"end":{"at":"t","outcome":"completed","peakResidentBytes":-1,"seconds":1,"trainingSeconds":1}}"#,
    #"{"end":{"at":"t","outcome":"completed","peakResidentBytes":1,"seconds":"nan","trainingSeconds":1}}"#,
    #"{"checkpoint":{"at":"t","bytes":1,"digest":"d","path":"../../../victim","step":1}}"#,
    #"{"checkpoint":{"at":"t","bytes":1,"digest":"d","path":"/etc/passwd","step":1}}"#,
    #"{"checkpoint":{"at":"t","bytes":1,"digest":"d","path":"journal.jsonl","step":1}}"#,
    #"{"checkpoint":{"at":"t","bytes":1,"digest":"d","path":"..","step":1}}"#,
    #"{"checkpoint":{"at":"t","bytes":1,"digest":"d","path":"c","step":-9223372036854775808}}"#,
    #"{"checkpoint":{"at":"t","bytes":1,"digest":"d","path":"c","step":9}}"#,
    #"{"checkpoint":{"at":"t","bytes":9223372036854775807,"digest":"d","path":"c","step":1}}"#,
    #"{"artifact":{"bytes":1,"digest":"d","name":"n","path":"a/b"}}"#,
    #"{"artifact":{"bytes":1,"digest":"d","name":"n","path":"lock"}}"#,
    #"{"metric":[{"epoch":0.5,"name":"step_loss","step":9223372036854775807,"value":1}]}"#,
    #"{"metric":[{"epoch":-1,"name":"step_loss","step":1,"value":1}]}"#,
    #"{"metric":[{"epoch":3,"name":"step_loss","step":1,"value":1}]}"#,
    #"{"metric":[{"epoch":"nan","name":"step_loss","step":1,"value":1}]}"#,
    #"{"metric":[{"epoch":1,"name":"test_accuracy","step":4,"value":1.5}]}"#,
    #"{"metric":[{"epoch":1,"name":"examples_per_second","step":4,"value":1e-300}]}"#,
    #"{"metric":[{"epoch":1,"name":"epoch_seconds","step":4,"value":"inf"}]}"#,
    #"{"layer_metric":[{"name":"forward_seconds","position":-1,"step":1,"value":1}]}"#,
    #"{"predictions":{"correct":"ff","examples":9}}"#,
    #"{"predictions":{"correct":"zz","examples":8}}"#,
    #"{"predictions":{"correct":"ff","examples":-8}}"#,
    #"{"exit":{"at":"t","attempt":1,"code":4096}}"#,
    #"{"exit":{"at":"t","attempt":-1}}"#,
    #"{"forecast":{"at":"t","diskBytes":1,"memoryBytes":1,"seconds":1e300,"steps":1}}"#,
    #"{"event":{"at":"\u001b[2J","kind":"k","message":"m"}}"#,
  ])
  func aValueThatCannotBeIsSkipped(json: String) throws {
    #expect(try problems(json).count == 1)
  }

  @Test(arguments: [
    #"{"end":{"at":"t","outcome":"completed","peakResidentBytes":1,"seconds":2,"trainingSeconds":1}}"#,
    #"{"checkpoint":{"at":"t","bytes":1,"digest":"d","path":"checkpoint-1-0.safetensors","step":8}}"#,
    #"{"metric":[{"epoch":2,"name":"step_loss","step":8,"value":"nan"}]}"#,
    #"{"metric":[{"epoch":1,"name":"test_accuracy","step":4,"value":1}]}"#,
    #"{"predictions":{"correct":"ff80","examples":9}}"#,
    #"{"exit":{"at":"t","attempt":1,"signal":9}}"#,
  ])
  func aValueThatCanBeIsRead(json: String) throws {
    #expect(try problems(json) == [])
  }

  @Test(arguments: [
    #"{"dataset":{"train":9223372036854775807},"training":{"batch_size":9223372036854775807}}"#,
    #"{"dataset":{"train":-1},"training":{"batch_size":-9223372036854775808,"max_steps":-1}}"#,
    #"{"training":{"batch_size":1e300}}"#, #"{"measure":{"cost":{"steps":-5}}}"#, "[]", "",
  ])
  func noConfigurationEndsTheReading(configuration: String) throws {
    let folder = Folder()
    let run = try RunFolder.create(store: folder.path, trialID: "abababab")
    var record = Self.run(run.run, epochs: 1 << 20)
    record.configuration = configuration
    let metric = MetricRecord(name: "step_loss", step: 0, epoch: 0, value: 1)
    try JournalWriter(folder: run).append([.run(record), .metric([metric])])
    let piece = try readJournal(run)
    #expect(piece.records.count == 2 && piece.problems == [])
    #expect(try run.contradictions().allSatisfy { !$0.isEmpty })
  }

  @Test func aSecondRunRecordIsSkipped() throws {
    let folder = Folder()
    let run = try RunFolder.create(store: folder.path, trialID: "abababab")
    try JournalWriter(folder: run).append([.run(Self.run(run.run)), .run(Self.run("other"))])
    let piece = try readJournal(run)
    #expect(piece.records.count == 1 && piece.problems.count == 1)
  }
}
