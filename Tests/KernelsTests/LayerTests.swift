import Foundation
import Kernels
import Testing

/// Rungs 1 and 2 for all other kernels.
@Suite struct LayerTests {
  @Test(arguments: [(2, 2), (3, 2), (3, 1), (2, 1), (3, 3)])
  func poolingTakesTheFirstLargest(kernelSize: Int, stride: Int) {
    for height in kernelSize...17 {
      let shape = PoolingShape(
        channels: 3, height: height, width: 20 - height + 2, kernelSize: kernelSize, stride: stride)
      // Few different values, so that there are ties.
      let input = numbers(shape.C * shape.H * shape.W, 10).map { ($0 * 3).rounded() }
      var output = [Float](repeating: .nan, count: shape.C * shape.OH * shape.OW)
      var poolIndices = [UInt8](repeating: 255, count: output.count)
      maxPoolForward(input, shape, &output, poolIndices: &poolIndices)
      let gradient = numbers(output.count, 11)
      var inputGradient = [Float](repeating: .nan, count: input.count)
      maxPoolBackward(outputGradient: gradient, poolIndices: poolIndices, shape, &inputGradient)
      var expectedGradient = [Double](repeating: 0, count: input.count)
      for c in 0..<shape.C {
        for row in 0..<shape.OH {
          for column in 0..<shape.OW {
            var best = -1
            for y in 0..<kernelSize {
              for x in 0..<kernelSize {
                let index = (c * shape.H + row * stride + y) * shape.W + column * stride + x
                if best < 0 || input[index] > input[best] { best = index }
              }
            }
            let place = (c * shape.OH + row) * shape.OW + column
            #expect(output[place] == input[best])
            expectedGradient[best] += Double(gradient[place])
          }
        }
      }
      #expect(difference(inputGradient, expectedGradient) < 1e-6, "\(shape)")
    }
  }

  @Test func nothingHidesANaN() {
    var values: [Float] = [1, .nan, -1, 0]
    reluForward(&values, count: 4)
    #expect(values[0] == 1 && values[1].isNaN && values[2] == 0 && values[3] == 0)
    for kernelSize in [2, 3] {
      let shape = PoolingShape(channels: 1, height: kernelSize, width: kernelSize, kernelSize: kernelSize, stride: 2)
      for place in 0..<kernelSize * kernelSize {
        var input = [Float](repeating: 5, count: kernelSize * kernelSize)
        input[place] = .nan
        var output: [Float] = [0]
        var poolIndices: [UInt8] = [0]
        maxPoolForward(input, shape, &output, poolIndices: &poolIndices)
        #expect(output[0].isNaN)
      }
    }
  }

  @Test func reluPassesGradientsWhereTheOutputIsPositive() {
    let output: [Float] = [0, 1, 0, 2, -0.0]
    var gradient: [Float] = [1, 2, 3, 4, 5]
    reluBackward(output: output, &gradient, count: 5)
    #expect(gradient == [0, 2, 0, 4, 0])
  }

  @Test(arguments: [(5, 7, 6), (3, 4, 5), (4, 9, 3), (5, 1, 2)])
  func normalizationIsTheDefinition(size: Int, channels: Int, positions: Int) {
    for (alpha, beta, k) in [(1e-4, 0.75, 2.0), (0.5, 0.75, 1.0), (0.3, 0.5, 2.0)] {
      let constants = NormalizationConstants(size: size, alpha: Float(alpha), beta: Float(beta), k: Float(k))
      let input = numbers(channels * positions, 12).map { $0 * 3 }
      let gradient = numbers(channels * positions, 13)
      func forward(_ x: [Double]) -> [Double] {
        x.indices.map { index in
          let (c, p) = (index / positions, index % positions)
          var sum = 0.0
          for other in max(0, c - size / 2)..<min(channels, c - size / 2 + size) {
            sum += x[other * positions + p] * x[other * positions + p]
          }
          return x[index] / pow(k + alpha / Double(size) * sum, beta)
        }
      }
      var output = [Float](repeating: .nan, count: input.count)
      var scale = output
      localResponseNormForward(input, channels: channels, positions: positions, constants, &output, scale: &scale)
      let exact = input.map(Double.init)
      #expect(difference(output, forward(exact)) < 1e-6)
      var inputGradient = [Float](repeating: .nan, count: input.count)
      var scratch = inputGradient
      localResponseNormBackward(
        input, scale: scale, outputGradient: gradient, channels: channels, positions: positions, constants,
        &inputGradient, scratch: &scratch)
      let expected = exact.indices.map { index in
        let step = 1e-5
        var (above, below) = (exact, exact)
        above[index] += step
        below[index] -= step
        return zip(zip(forward(above), forward(below)), gradient).reduce(0.0) {
          $0 + ($1.0.0 - $1.0.1) / (2 * step) * Double($1.1)
        }
      }
      #expect(difference(inputGradient, expected) < 1e-5)
    }
  }

  @Test func softmaxAndItsGradient() {
    for classes in [1, 2, 10, 33] {
      let logits = numbers(classes, 14).map { $0 * 30 }
      let label = classes / 2
      func loss(_ x: [Double]) -> Double {
        let largest = x.max()!
        return log(x.reduce(0) { $0 + exp($1 - largest) }) + largest - x[label]
      }
      let exact = logits.map(Double.init)
      var gradient = [Float](repeating: .nan, count: classes)
      let result = softmaxCrossEntropy(logits, classes: classes, label: label, weight: 0.25, gradient: &gradient)
      #expect(abs(result.loss - loss(exact)) < 1e-9)
      #expect(result.prediction == logits.firstIndex(of: logits.max()!))
      for index in 0..<classes {
        var (above, below) = (exact, exact)
        above[index] += 1e-6
        below[index] -= 1e-6
        #expect(abs(Double(gradient[index]) - (loss(above) - loss(below)) / 2e-6 / 4) < 1e-6)
      }
    }
    let ties = softmaxCrossEntropy([3, 3, 1], classes: 3, label: 1, weight: 1, gradient: nil)
    #expect(ties.prediction == 0)
    #expect(softmaxCrossEntropy([.nan, 1], classes: 2, label: 0, weight: 1, gradient: nil).loss.isNaN)
    #expect(abs(softmaxCrossEntropy([1000, -1000], classes: 2, label: 1, weight: 1, gradient: nil).loss - 2000) < 1e-9)
  }

  @Test func gradientDescentIsPyTorchs() {
    let count = 37
    let start = numbers(count, 15)
    var plain = start
    var moving = start
    var velocity = [Float](repeating: 0, count: count)
    var (expectedPlain, expectedMoving) = (start.map(Double.init), start.map(Double.init))
    var expectedVelocity = [Double](repeating: 0, count: count)
    for step in 0..<5 {
      let gradient = numbers(count, UInt32(20 + step))
      sgdUpdate(&plain, gradient: gradient, count: count, learningRate: 0.1, weightDecay: 0.01)
      sgdUpdate(
        &moving, gradient: gradient, velocity: &velocity, count: count, learningRate: 0.1, momentum: 0.9,
        weightDecay: 0.01)
      for i in 0..<count {
        expectedPlain[i] -= 0.1 * (Double(gradient[i]) + 0.01 * expectedPlain[i])
        expectedVelocity[i] = 0.9 * expectedVelocity[i] + Double(gradient[i]) + 0.01 * expectedMoving[i]
        expectedMoving[i] -= 0.1 * expectedVelocity[i]
      }
    }
    #expect(difference(plain, expectedPlain) < 1e-6)
    #expect(difference(moving, expectedMoving) < 1e-6)
    #expect(difference(velocity, expectedVelocity) < 1e-6)
  }

  @Test func sumsAndAdditions() {
    for count in [0, 1, 15, 16, 17, 100] {
      let x = numbers(count, 30)
      #expect(abs(Double(sum(x, count: count)) - x.reduce(0.0) { $0 + Double($1) }) < 1e-5)
      var y = numbers(count, 31)
      let expected = zip(x, y).map { $0 + $1 }
      add(x, to: &y, count: count)
      #expect(y == expected)
    }
  }

  @Test func dropoutKeepsTheMeanAndComesAgain() {
    let count = 100_000
    let random = Philox(seed: 7, stream: 3, epoch: 2, step: 9)
    for probability in [0.0, 0.25, 0.5, 0.9] {
      var x = [Float](repeating: 1, count: count)
      dropout(&x, first: 0, count: count, probability: probability, random)
      let kept = x.count { $0 != 0 }
      let error = (Double(count) * probability * (1 - probability)).squareRoot()
      #expect(abs(Double(kept) - Double(count) * (1 - probability)) <= 5 * error)
      #expect(x.allSatisfy { $0 == 0 || abs($0 - Float(1 / (1 - probability))) < 1e-6 })
      // In pieces, and again for the gradient: the same poolIndices.
      var again = [Float](repeating: 1, count: count)
      again.withUnsafeMutableBufferPointer { again in
        for first in stride(from: 0, to: count, by: 12) {
          dropout(
            again.baseAddress! + first, first: first, count: min(12, count - first), probability: probability, random)
        }
      }
      #expect(again == x)
    }
  }
}
