import Kernels

/// How large the numbers are that go through a layer: root mean squares over all elements and pictures.
public struct LayerSignal: Sendable, Hashable {
  /// The layer's place among the network's layers, from 0.
  public var position: Int
  public var outputRMS: Double
  /// Of the gradient of the mean loss with respect to the layer's output; nil where the way back does not come.
  public var gradientRMS: Double?
  /// Of its weight, and of the weight's gradient; nil for a layer without.
  public var weightRMS: Double?
  public var weightGradientRMS: Double?
}

/// Sums the squares of what goes through the stages, picture by picture: the same sums for any number of threads.
final class SignalWatch: @unchecked Sendable {
  private let pictures: Int
  private let positions: [Int]
  /// Mean squares `[stage][output, gradient][picture]`; below 0 where nothing was seen.
  private let squares: Buffer<Double>

  init(pictures: Int, positions: [Int]) {
    self.pictures = pictures
    self.positions = positions
    squares = Buffer(2 * pictures * positions.count)
    squares.pointer.update(repeating: -1, count: squares.count)
  }

  func see(_ values: UnsafePointer<Float>, count: Int, stage: Int, picture: Int, isGradient: Bool) {
    squares.pointer[(2 * stage + (isGradient ? 1 : 0)) * pictures + picture] = meanSquare(values, count: count)
  }

  var signals: [LayerSignal] {
    func rootMean(_ stage: Int, isGradient: Bool) -> Double? {
      let row = squares.pointer + (2 * stage + (isGradient ? 1 : 0)) * pictures
      let seen = (0..<pictures).map { row[$0] }.filter { $0 >= 0 || $0.isNaN }
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
