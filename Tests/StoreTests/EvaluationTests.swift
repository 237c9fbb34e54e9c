import Journals
import Store
import Testing

/// What a training made of the test images, as rows.
@Suite struct EvaluationTests {
  static let record = EvaluationRecord(
    classNames: ["bag", "shoe <b>"], confusion: [[2, 1], [0, 5]],
    calibration: [CalibrationBin(bin: 14, images: 8, correct: 7, confidence: 0.96)],
    mistakes: [
      MistakeRecord(image: 3, label: 0, predicted: 1, probability: 0.75, height: 1, width: 2, pixels: "00ff")
    ], filters: [FilterRecord(channels: 1, height: 1, width: 3, weights: [-0.5, 0.1, 2])])

  @Test func everyPartHasItsTable() throws {
    let folder = TemporaryStore()
    let run = try folder.addRun([.evaluation(Self.record)])
    let store = try folder.open()
    #expect(try store.ingest().isEmpty)
    #expect(
      try store.query("SELECT label, name FROM class").rows == [
        [.integer(0), .text("bag")], [.integer(1), .text("shoe <b>")],
      ])
    #expect(
      try store.query("SELECT label, predicted, images FROM confusion").rows == [
        [.integer(0), .integer(0), .integer(2)], [.integer(0), .integer(1), .integer(1)],
        [.integer(1), .integer(0), .integer(0)], [.integer(1), .integer(1), .integer(5)],
      ])
    #expect(
      try store.query("SELECT bin, images, correct, confidence FROM calibration").rows == [
        [.integer(14), .integer(8), .integer(7), .real(0.96)]
      ])
    #expect(
      try store.query("SELECT rank, image, label, predicted, probability, height, width, pixels FROM mistake").rows == [
        [
          .integer(1), .integer(3), .integer(0), .integer(1), .real(0.75), .integer(1), .integer(2), .text("00ff"),
        ]
      ])
    // Weights are read back as they were.
    #expect(
      try store.query("SELECT CAST(value AS REAL) FROM first_filter, json_each(weights) ORDER BY key").rows == [
        [.real(-0.5)], [.real(Double("0.1")!)], [.real(2)],
      ])
    #expect(try store.indexProblems().isEmpty)
    _ = run
  }

  @Test(
    arguments: [
      { (record: inout EvaluationRecord) in record.classNames = ["one"] },
      { $0.confusion = [[1, 2]] },
      { $0.confusion[0][0] = -1 },
      { $0.calibration[0].bin = EvaluationRecord.bins },
      { $0.calibration[0].correct = 9 },
      { $0.calibration[0].confidence = 1.5 },
      { $0.mistakes[0].predicted = 2 },
      { $0.mistakes[0].pixels = "0" },
      { $0.mistakes[0].pixels = "00fg" },
      { $0.mistakes[0].width = 1 << 40 },
      { $0.mistakes[0].probability = -0.1 },
      { $0.filters[0].weights = [1] },
      { $0.filters[0].channels = 1 << 60 },
      { $0.mistakes = [MistakeRecord](repeating: $0.mistakes[0], count: EvaluationRecord.mistakeLimit + 1) },
    ] as [@Sendable (inout EvaluationRecord) -> Void])
  func whatCannotBeIsRefused(change: @Sendable (inout EvaluationRecord) -> Void) throws {
    var record = Self.record
    change(&record)
    let folder = TemporaryStore()
    try folder.addRun([.evaluation(record)])
    let store = try folder.open()
    #expect(try store.ingest().count == 1)
    #expect(try store.query("SELECT * FROM confusion").rows.isEmpty)
  }
}
