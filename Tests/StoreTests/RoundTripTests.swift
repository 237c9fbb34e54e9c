import Foundation
import Journals
import Store
import Testing

/// What is exported holds all that is needed to make the same metric rows again.
@Suite struct RoundTripTests {
  private struct MetricRow: Decodable {
    var run: String
    var attempt: Int
    var metric: String
    var step: Int
    var epoch: Double
    var value: Double
  }

  @Test func exportedImportedAndExportedAgainIsTheSame() throws {
    let folder = TemporaryStore()
    var random = SystemRandomNumberGenerator()
    let odd: [Double] = [
      .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1 + 0.2, 1 / 3.0, 0, -1, 1e22,
      123456789,
    ]
    let values = odd + (0..<2000).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
    func metrics(_ shift: Int) -> JournalRecord {
      .metric(
        values.enumerated().map {
          MetricRecord(
            name: $0 % 3 == 0 ? "a,\"b\"\n" : "step_loss", step: $0 + shift, epoch: Double($0) / 1500, value: $1)
        })
    }
    let run = try folder.addRun(configuration: "{}", [Samples.attempt(), metrics(1), Samples.attempt(2), metrics(700)])
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    let text = try store.exportMetrics(run: run.run, format: .jsonl, attempts: true)
    #expect(text.split(separator: "\n").count == 2 * values.count)

    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let rows = try text.split(separator: "\n").map { try decoder.decode(MetricRow.self, from: Data($0.utf8)) }
    let again = TemporaryStore()
    let second = try again.open()
    try FileManager.default.createDirectory(
      atPath: "\(again.path)/runs/\(rows[0].run)", withIntermediateDirectories: false)
    let journal = try JournalWriter(folder: RunFolder(store: again.path, existing: rows[0].run))
    var record = Samples.run(rows[0].run, "again", "ab", "2026")
    record.configuration = "{}"
    try journal.append([.run(record)])
    for attempt in Set(rows.map(\.attempt)).sorted() {
      try journal.append([
        Samples.attempt(attempt),
        .metric(
          rows.filter { $0.attempt == attempt }.map {
            MetricRecord(name: $0.metric, step: $0.step, epoch: $0.epoch, value: $0.value)
          }),
      ])
    }
    #expect(try second.ingest().isEmpty)
    for format in MetricFormat.allCases {
      #expect(
        try second.exportMetrics(run: run.run, format: format, attempts: true)
          == store.exportMetrics(run: run.run, format: format, attempts: true))
    }
    #expect(
      try second.query("SELECT * FROM final_metric").rows == store.query("SELECT * FROM final_metric").rows)
  }

  @Test func finalsAreTheSameHoweverTheJournalIsCut() throws {
    let whole = TemporaryStore()
    let run = try whole.addRun([
      Samples.attempt(), Samples.metrics(1, epoch: 0.5), Samples.metrics(3, epoch: 1.5, testAccuracy: 0.1),
      Samples.attempt(2), Samples.metrics(2, epoch: 1), Samples.metrics(3, epoch: 1.5, testAccuracy: 0.2),
    ])
    let atOnce = try whole.open()
    #expect(try atOnce.ingest().isEmpty)
    #expect(
      try atOnce.query("SELECT attempt, value FROM final_metric WHERE name = 'test_accuracy'").rows == [
        [.integer(2), .real(0.2)]
      ])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: run.journalPath))
    let cut = TemporaryStore()
    let inPieces = try cut.open()
    try FileManager.default.createDirectory(atPath: "\(cut.path)/runs/\(run.run)", withIntermediateDirectories: false)
    for length in Array(stride(from: 0, to: bytes.count, by: 97)) + [bytes.count] {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: RunFolder.journalPath(store: cut.path, run: run.run)))
      #expect(try inPieces.ingest().isEmpty)
    }
    #expect(try StoreTests.dump(inPieces) == StoreTests.dump(atOnce))
  }
}
