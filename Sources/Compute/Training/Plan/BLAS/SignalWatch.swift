/// How large the numbers are that go through a layer: root mean squares over all elements and images.
public struct LayerSignal: Sendable, Hashable {
  /// The layer's place among the network's layers, from 0.
  public var position: Int
  public var outputRMS: Double
  /// The standard deviation of an element of the output from image to image, the root mean square of all elements': what
  /// the layer knows of the image. nil where a layer behind works in place on the output.
  public var outputSpread: Double?
  /// Of the gradient of the mean loss with respect to the layer's output; nil where the backward pass does not come.
  public var gradientRMS: Double?
  /// Of its weight, and of the weight's gradient; nil for a layer without.
  public var weightRMS: Double?
  public var weightGradientRMS: Double?
}

/// Sums the squares of what goes through the stages, image by image: the same sums for any number of threads.
final class SignalWatch: @unchecked Sendable {
  private let images: Int
  private let positions: [Int]
  /// Mean squares `[stage][output, gradient][image]`; below 0 where nothing was seen.
  private let squares: Buffer<Double>

  init(images: Int, positions: [Int]) {
    self.images = images
    self.positions = positions
    squares = Buffer(2 * images * positions.count)
    squares.pointer.update(repeating: -1, count: squares.count)
  }

  func see(_ values: UnsafePointer<Float>, count: Int, stage: Int, image: Int, isGradient: Bool) {
    squares.pointer[(2 * stage + (isGradient ? 1 : 0)) * images + image] = meanSquare(values, count: count)
  }

  var signals: [LayerSignal] {
    func rootMean(_ stage: Int, isGradient: Bool) -> Double? {
      let row = squares.pointer + (2 * stage + (isGradient ? 1 : 0)) * images
      let seen = (0..<images).map { row[$0] }.filter { $0 >= 0 || $0.isNaN }
      return seen.isEmpty ? nil : (seen.reduce(0, +) / Double(seen.count)).squareRoot()
    }
    return positions.enumerated().map { stage, position in
      LayerSignal(
        position: position, outputRMS: rootMean(stage, isGradient: false) ?? 0,
        gradientRMS: rootMean(stage, isGradient: true))
    }
  }
}

func rootMeanSquare(_ values: UnsafePointer<Float>, count: Int) -> Double {
  meanSquare(values, count: count).squareRoot()
}

private func meanSquare(_ values: UnsafePointer<Float>, count: Int) -> Double {
  var sum = 0.0
  for index in 0..<count { sum += Double(values[index]) * Double(values[index]) }
  return count == 0 ? 0 : sum / Double(count)
}

/// The root mean square, over the elements, of their standard deviations from image to image: `[images, count]`.
func spread(_ values: UnsafePointer<Float>, images: Int, count: Int) -> Double {
  var sums = [Double](repeating: 0, count: count)
  var squares = 0.0
  sums.withUnsafeMutableBufferPointer { sums in
    for image in 0..<images {
      let row = values + image * count
      for element in 0..<count {
        let value = Double(row[element])
        sums[element] += value
        squares += value * value
      }
    }
  }
  let means = sums.reduce(0) { $0 + $1 * $1 } / Double(images)
  return (max(0, squares - means) / Double(images * count)).squareRoot()
}
