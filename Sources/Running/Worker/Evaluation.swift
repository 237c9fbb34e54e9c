import Datasets
import Images
import Journals
import Training

extension EvaluationRecord {
  /// What a trainer's network makes of a data set's test images, after the last step; nil where its probabilities are no numbers.
  init?(_ trainer: Trainer, _ dataset: Dataset) {
    let (test, predictions) = (dataset.test, trainer.testPredictions)
    let confidences = trainer.testConfidences
    guard confidences.allSatisfy(\.isFinite) else { return nil }
    let classes = dataset.classNames.count
    var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for (label, predicted) in zip(test.labels, predictions) { confusion[Int(label)][Int(predicted)] += 1 }
    let wrong = predictions.indices.filter { predictions[$0] != test.labels[$0] }
      .sorted { (-confidences[$0], $0) < (-confidences[$1], $1) }
    self.init(
      classNames: dataset.classNames, confusion: confusion,
      calibration: Self.calibration(confidences, zip(test.labels, predictions).map(==)),
      mistakes: wrong.prefix(Self.mistakeLimit).map { index in
        MistakeRecord(
          test.image(index), index: index, label: test.labels[index], predicted: predictions[index],
          probability: confidences[index])
      }, filters: FilterRecord.filters(of: trainer.state))
  }

  private static func calibration(_ confidences: [Double], _ isRight: [Bool]) -> [CalibrationBin] {
    var found = [(images: Int, correct: Int, sum: Double)](repeating: (0, 0, 0), count: bins)
    for (confidence, isRight) in zip(confidences, isRight) {
      let bin = min(bins - 1, Int(confidence * Double(bins)))
      found[bin] = (found[bin].images + 1, found[bin].correct + (isRight ? 1 : 0), found[bin].sum + confidence)
    }
    return found.enumerated().filter { $0.element.images > 0 }.map { bin, sums in
      CalibrationBin(
        bin: bin, images: sums.images, correct: sums.correct, confidence: min(1, sums.sum / Double(sums.images)))
    }
  }
}

extension MistakeRecord {
  fileprivate init(_ image: PixelImage, index: Int, label: UInt8, predicted: UInt8, probability: Double) {
    let longer = max(image.height, image.width)
    let side = EvaluationRecord.imageSide
    func scaled(_ length: Int) -> Int { longer <= side ? length : max(1, length * side / longer) }
    let small = image.resized(height: scaled(image.height), width: scaled(image.width))
    self.init(
      image: index, label: Int(label), predicted: Int(predicted), probability: probability, height: small.height,
      width: small.width,
      pixels: small.pixels.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }
}

extension FilterRecord {
  /// Of the first convolution, if it looks at one channel or three; empty for a network without one.
  fileprivate static func filters(of state: StateDictionary) -> [FilterRecord] {
    guard let first = state.tensors.first(where: { $0.shape.count == 4 }), [1, 3].contains(first.shape[1]),
      max(first.shape[2], first.shape[3]) <= EvaluationRecord.filterSide
    else { return [] }
    let size = first.shape[1] * first.shape[2] * first.shape[3]
    return (0..<min(first.shape[0], EvaluationRecord.filterLimit)).map { filter in
      FilterRecord(
        channels: first.shape[1], height: first.shape[2], width: first.shape[3],
        weights: Array(first.values[filter * size..<(filter + 1) * size]))
    }
  }
}
