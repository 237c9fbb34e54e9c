import Digests
import Journals
import Testing

/// What a journal says twice has to be alike.
@Suite struct ContradictionTests {
  private static let configuration = """
    {"dataset":{"name":"synthetic","resize":32,"test":4,"train":64},"network":{},"training":{"batch_size":16,"epochs":2,\
    "max_steps":null,"seed":7}}
    """

  /// A sound journal of two epochs of four steps, half of the test images classified correctly; its parts can be changed.
  private func journal(
    seed: UInt64 = 7, epochs: Int = 2, trainLoss: Double? = nil, testAccuracy: Double = 0.5, correct: [Bool]? = nil,
    parameters: Int = 10, seconds: Double = 20, without step: Int? = nil
  ) -> [JournalRecord] {
    let id = sha256Hex(Self.configuration)
    let layer = LayerRecord(
      path: "0", child: 0, type: "Linear", printed: "Linear()", outputShape: "1", parameters: 10, multiplyAdds: 9,
      activationFloats: 1)
    var metrics: [MetricRecord] = []
    for step in 1...8 {
      metrics.append(MetricRecord(name: "step_loss", step: step, epoch: Double(step) / 4, value: 3 / Double(step)))
    }
    if let step { metrics.removeAll { $0.step == step } }
    // The running mean of the second epoch's first three steps.
    let mean = (3.0 / 5 + 3.0 / 6 + 3.0 / 7) / 3
    metrics.append(MetricRecord(name: "train_loss", step: 7, epoch: 1.75, value: trainLoss ?? mean))
    metrics.append(MetricRecord(name: "test_accuracy", step: 8, epoch: 2, value: testAccuracy))
    return [
      .run(
        RunRecord(
          run: "\(id.prefix(8))-1", experiment: "e", question: "?", trial: "t", trialID: id,
          configuration: Self.configuration, reductions: [], seed: seed, epochs: epochs,
          createdAt: "2026-01-01T00:00:00.000Z")),
      .network(
        NetworkRecord(
          arch: "vgg11", ratio: 1, input: "1x32x32", classes: 10, parameters: parameters, multiplyAdds: 9,
          activationFloats: 1, printed: "", shapeWalk: "", layers: [layer])),
      .metric(metrics), .predictions(PredictionsRecord(isRight: correct ?? [true, false, true, false])),
      .end(
        EndRecord(
          outcome: .completed, at: "2026-01-01T00:00:20.000Z", trainingSeconds: 10, seconds: seconds,
          peakResidentBytes: 1)),
    ]
  }

  @Test func aSoundJournalHasNone() {
    #expect(journal().contradictions == [])
  }

  @Test func theAccuracyIsThatOfThePredictions() {
    let forged = journal(testAccuracy: 0.75).contradictions
    #expect(forged == ["test_accuracy is 0.75, and its predictions give 0.5 (2 of 4)"])
    #expect(journal(testAccuracy: 0.6).contradictions.count == 2)
    #expect(journal(correct: [true, true, true, false]).contradictions.count == 1)
    #expect(journal(testAccuracy: 0.4, correct: [true, true, false, false, false]).contradictions.count == 1)
  }

  /// Four test images of two classes of which the second and the last are mistaken, as a training evaluates them.
  private static let evaluation = EvaluationRecord(
    classNames: ["a", "b"], confusion: [[1, 1], [1, 1]],
    calibration: [
      CalibrationBin(bin: 8, images: 3, correct: 1, confidence: 0.55),
      CalibrationBin(bin: 14, images: 1, correct: 1, confidence: 0.99),
    ],
    mistakes: [MistakeRecord(image: 1, label: 0, predicted: 1, probability: 0.6, height: 1, width: 1, pixels: "ff")],
    filters: [])

  @Test func anEvaluationIsOfThePredictions() {
    func problems(_ change: (inout EvaluationRecord) -> Void) -> [String] {
      var evaluation = Self.evaluation
      change(&evaluation)
      var records = journal()
      records.insert(.evaluation(evaluation), at: records.count - 1)
      return records.contradictions
    }
    #expect(problems { _ in } == [])
    #expect(
      problems { $0.confusion[0][0] = 2 } == [
        "its confusions are of 5 images, and its predictions 4",
        "its confusions have on their diagonal 3 images, and its predictions 2",
      ])
    #expect(
      problems { $0.calibration[0].correct = 2 } == ["its calibration has right 3 images, and its predictions 2"])
    #expect(problems { $0.calibration[0].images = 4 } == ["its calibration is of 5 images, and its predictions 4"])
    for (image, label) in [(0, 0), (4, 0), (1, 1)] {
      #expect(
        problems {
          $0.mistakes[0].image = image
          $0.mistakes[0].label = label
        } == ["it calls image \(image) a mistake, and its predictions do not"])
    }
  }

  @Test func meansAreThoseOfTheSteps() {
    let forged = journal(trainLoss: 0.1).contradictions
    #expect(forged.count == 1 && forged[0].hasPrefix("train_loss of step 7 is 0.1, and its steps give 0.50"))
    #expect(journal(without: 6).contradictions == ["train_loss of step 7 is a mean, and step 6 is not recorded"])
  }

  @Test func countsAndSettingsAgree() {
    #expect(journal(parameters: 11).contradictions == ["its layers have 10 parameters, and it records 11"])
    #expect(journal(seed: 8).contradictions == ["it records the seed 8, and its configuration 7"])
    #expect(journal(epochs: 3).contradictions == ["it records 3 epochs, and its configuration 2"])
  }
}
