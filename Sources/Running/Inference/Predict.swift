import Datasets
import Images
package import Training

/// What a network says of an image.
package struct ImagePrediction: Sendable, Hashable {
  /// The file, with `#7` for one of several.
  package var image: String
  /// Of each class, by label.
  package var probabilities: [Double]
  /// What the image has that the training images have not.
  package var differences: [String]

  /// The label of the largest probability; of equal ones the first.
  package var label: Int { probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0 }

  /// The labels from the most probable down.
  package var ranking: [Int] {
    probabilities.indices.sorted { (-probabilities[$0], $0) < (-probabilities[$1], $1) }
  }
}

extension TrainedRun {
  /// Classifies images as the training's evaluation would: gray where the training images are, resized as they were.
  ///
  /// `invert` makes negatives of them first. Throws ``TrainingError``.
  package func predict(
    _ images: [OwnImage], weights: StateDictionary, invert: Bool, threads: Int
  ) throws -> [ImagePrediction] {
    let classifier = try classifier(weights, threads: threads)
    let likeness = likeness()
    let seen = images.map { OwnImage(name: $0.name, image: invert ? $0.image.inverted : $0.image) }
    var result: [ImagePrediction] = []
    var start = 0
    while start < seen.count {
      // Images of one size go through the network together.
      let first = seen[start].image
      let end =
        seen[start...].firstIndex { $0.image.width != first.width || $0.image.height != first.height } ?? seen.count
      let piece = seen[start..<end]
      let set = ImageSet(
        channels: channels, height: first.height, width: first.width,
        pixels: piece.flatMap { $0.image.converted(toChannels: channels).pixels },
        labels: [UInt8](repeating: 0, count: piece.count), classes: network.classes)
      for (own, probabilities) in zip(piece, classifier.probabilities(of: set, Array(0..<piece.count))) {
        result.append(
          ImagePrediction(
            image: own.name, probabilities: probabilities, differences: likeness?.differences(of: own.image) ?? []))
      }
      start = end
    }
    return result
  }
}
