import Foundation
import Journals
import Store
import Testing

/// What runs told right, picture by picture.
@Suite struct PredictionTests {
  @Test func theFirstPictureIsTheFirstBit() {
    let record = PredictionsRecord(isRight: [true, false, false, false, false, false, false, false, false, true])
    #expect(record.examples == 10)
    #expect(record.correct == "8040")
    #expect(PredictionsRecord(isRight: []).correct == "")
  }

  @Test func whatOneRunAloneTellsRightIsCounted() throws {
    let folder = TemporaryStore()
    let rights = (0..<19).map { ($0 % 2 == 0, $0 % 3 == 0) }
    let first = try folder.addRun(trial: "first", [.predictions(PredictionsRecord(isRight: rights.map(\.0)))])
    let second = try folder.addRun(trial: "second", [.predictions(PredictionsRecord(isRight: rights.map(\.1)))])
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    let counts = try store.query(
      """
      SELECT only_first(a.correct, b.correct), only_first(b.correct, a.correct), only_first(a.correct, NULL)
      FROM prediction AS a, prediction AS b WHERE a.run = '\(first.run)' AND b.run = '\(second.run)'
      """)
    #expect(counts.rows == [[.integer(6), .integer(3), .null]])
    for wrong in ["only_first('00', '0000')", "only_first('0g', '00')", "only_first(1, '1')"] {
      #expect(throws: StoreError.self, "\(wrong)") { try store.query("SELECT \(wrong)") }
    }
  }

  @Test func bitsThatCannotBeArePassedOver() throws {
    let folder = TemporaryStore()
    var record = PredictionsRecord(isRight: [true, true])
    record.examples = 900
    try folder.addRun([.predictions(record)])
    let store = try folder.open()
    #expect(try store.ingest().count == 1)
    #expect(try store.query("SELECT * FROM prediction").rows.isEmpty)
  }
}
