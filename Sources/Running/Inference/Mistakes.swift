import Datasets
package import Images

/// A test image that a run has put into a wrong class.
package struct Mistake: Sendable, Hashable {
  /// Its place among the test images, from 0.
  package var index: Int
  /// Its file below the data set's folder; nil for images that have none of their own.
  package var file: String?
  /// What it is.
  package var label: Int
  /// What the network takes it for.
  package var predicted: Int
  /// That of the predicted class; nil where the weights or the images are gone.
  package var probability: Double?
  /// That of the right class.
  package var probabilityOfLabel: Double?
}

/// The test images that a run has put into wrong classes.
package struct MistakeList: Sendable {
  /// All test images.
  package var images: Int
  /// The mistakes, of the asked class alone where one was asked for: the surest first, or by index without probabilities.
  package var mistakes: [Mistake]
  /// The images by their indices, where the data are there.
  package var pixels: [Int: PixelImage]
  /// Why there are no probabilities or images; empty where there are.
  package var problems: [String]
}

extension TrainedRun {
  /// What the run gets wrong; of one class alone if `label` is one. `pixels` are kept for the first `shown` of them.
  ///
  /// Throws ``InferenceError`` where neither predictions nor weights and images are there, and what reading them throws.
  package func mistakes(label: Int?, shown: Int, threads: Int) throws -> MistakeList {
    let kept = try keptPredictions()
    var problems: [String] = []
    var test: ImageSet?
    do { test = try loadDataset().test } catch {
      // Files that were named are wanted, whatever is known without them.
      if kept == nil || isDataNamed { throw error }
      problems.append("the test images cannot be read: \(error)")
    }
    var probabilities: [Int: [Double]] = [:]
    var (classes, labels) = kept ?? ([], [])
    if let test, kept != nil, test.labels != labels { throw InferenceError.otherImages(run: run.id) }
    if let test {
      do {
        let classifier = try classifier("last", threads: threads)
        if kept == nil {
          let all = classifier.probabilities(of: test, Array(0..<test.count))
          labels = test.labels
          classes = all.map { row in UInt8(row.indices.max { row[$0] < row[$1] } ?? 0) }
        }
        let wrong = labels.indices.filter { classes[$0] != labels[$0] && (label == nil || Int(labels[$0]) == label) }
        for (index, row) in zip(wrong, classifier.probabilities(ofSome: wrong, in: test)) { probabilities[index] = row }
      } catch let error as InferenceError {
        if kept == nil { throw error }
        problems.append("there are no probabilities: \(error)")
      }
    }
    var found = labels.indices.filter { classes[$0] != labels[$0] && (label == nil || Int(labels[$0]) == label) }.map {
      let (was, predicted) = (Int(labels[$0]), Int(classes[$0]))
      let row = probabilities[$0]
      return Mistake(
        index: $0, file: test?.files?[$0], label: was, predicted: predicted, probability: row?[predicted],
        probabilityOfLabel: row?[was])
    }
    found.sort { (-($0.probability ?? 0), $0.index) < (-($1.probability ?? 0), $1.index) }
    var pixels: [Int: PixelImage] = [:]
    if let test { for mistake in found.prefix(shown) { pixels[mistake.index] = test.image(mistake.index) } }
    return MistakeList(images: labels.count, mistakes: found, pixels: pixels, problems: problems)
  }

  /// The label of a class by its name. Throws ``InferenceError/unknownClass(name:known:)``.
  package func label(ofClass name: String) throws -> Int {
    if let label = classNames.firstIndex(of: name) { return label }
    let alike = classNames.indices.filter { classNames[$0].lowercased() == name.lowercased() }
    guard alike.count == 1 else { throw InferenceError.unknownClass(name: name, known: classNames) }
    return alike[0]
  }
}
