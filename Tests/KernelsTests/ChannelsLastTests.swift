import Kernels
import Testing

/// Rung 1: pooling, ReLU and normalization with the channels innermost.
@Suite struct ChannelsLastTests {
  @Test(arguments: [(2, 2), (3, 2), (2, 1), (3, 1), (3, 3)], [false, true])
  func poolingTakesTheFirstLargest(window: (size: Int, stride: Int), behindReLU: Bool) {
    for height in window.size...17 {
      let shape = PoolingShape(
        channels: 1 + height % 19, height: height, width: 20 - height, kernelSize: window.size, stride: window.stride)
      comparePooling(shape, behindReLU: behindReLU)
    }
  }

  private func comparePooling(_ shape: PoolingShape, behindReLU: Bool) {
    let comment: Comment = "\(shape)"
    let (C, S) = (shape.C, storedChannels(shape.C))
    let input = StoredImages(1, channels: C, height: shape.H, width: shape.W, border: 1, around: .nan, beyond: .nan)
    // Few different values, so that there are ties; none positive in many a window.
    let values = numbers(C * shape.H * shape.W, 301).map { ($0 * 3 - 1).rounded() }
    input.values = values
    let output = StoredImages(1, channels: C, height: shape.OH, width: shape.OW, border: 2, around: outside)
    let poolIndices = Memory<UInt8>(shape.OH * shape.OW * S, fill: 99, beyond: 99)
    let gradient = StoredImages(1, channels: C, height: shape.OH, width: shape.OW, border: 1, around: .nan)
    gradient.values = numbers(C * shape.OH * shape.OW, 302)
    let inputGradient = StoredImages(1, channels: C, height: shape.H, width: shape.W, border: 1, around: outside)
    inputGradient.values = numbers(values.count, 303)

    var expected: [Float] = []
    var expectedPlaces: [UInt8] = []
    var expectedGradient = inputGradient.values.map(Double.init)
    let gradients = gradient.values
    for c in 0..<C {
      for row in 0..<shape.OH {
        for column in 0..<shape.OW {
          var (best, place) = (-1, 0)
          for y in 0..<shape.R {
            for x in 0..<shape.R {
              let index = (c * shape.H + row * shape.stride + y) * shape.W + column * shape.stride + x
              if best < 0 || values[index] > values[best] { (best, place) = (index, y * shape.R + x) }
            }
          }
          let isClosed = behindReLU && values[best] <= 0
          if !isClosed { expectedGradient[best] += Double(gradients[expected.count]) }
          expected.append(values[best])
          expectedPlaces.append(isClosed ? 255 : UInt8(place))
        }
      }
    }
    maxPoolChannelsLast(
      shape, channels: S, input: input.interiors[0], output: output.interiors[0], poolIndices: nil,
      behindReLU: behindReLU)
    #expect(output.values == expected, comment)
    output.values = expected.map { _ in outside }
    maxPoolChannelsLast(
      shape, channels: S, input: input.interiors[0], output: output.interiors[0], poolIndices: poolIndices.pointer,
      behindReLU: behindReLU)
    #expect(output.values == expected && output.spareIsZero && output.bordersAreUnchanged, comment)
    let positions = shape.OH * shape.OW
    #expect(
      (0..<C).flatMap { c in (0..<positions).map { poolIndices.pointer[$0 * S + c] } } == expectedPlaces, comment)
    maxPoolChannelsLastBackward(
      shape, channels: S, gradient: gradient.interiors[0], poolIndices: poolIndices.pointer,
      inputGradient: inputGradient.interiors[0])
    #expect(difference(inputGradient.values, expectedGradient) < 1e-6, comment)
    #expect(inputGradient.spareIsZero && inputGradient.bordersAreUnchanged && poolIndices.isIntact, comment)
  }

  @Test(arguments: [2, 3])
  func poolingHidesNoNaN(size: Int) {
    let shape = PoolingShape(channels: 16, height: size, width: size, kernelSize: size, stride: 2)
    for place in 0..<size * size {
      let input = StoredImages(1, channels: 16, height: size, width: size, around: 0)
      var values = [Float](repeating: 5, count: 16 * size * size)
      values[3 * size * size + place] = .nan
      input.values = values
      let output = StoredImages(1, channels: 16, height: 1, width: 1, around: 0)
      var poolIndices = [UInt8](repeating: 99, count: 16)
      maxPoolChannelsLast(
        shape, channels: 16, input: input.interiors[0], output: output.interiors[0], poolIndices: &poolIndices,
        behindReLU: false)
      #expect(output.values.indices.allSatisfy { output.values[$0].isNaN == ($0 == 3) })
      #expect(poolIndices.indices.allSatisfy { poolIndices[$0] == ($0 == 3 ? UInt8(place) : 0) })
    }
  }

  @Test func reluIsTheDefinition() {
    for (height, width, channels) in [(1, 1, 1), (3, 5, 19), (17, 1, 32)] {
      let count = channels * height * width
      let plane = StoredImages(1, channels: channels, height: height, width: width, border: 1, around: -1)
      var values = numbers(count, 311).map { ($0 * 4).rounded() }
      values[0] = .nan
      plane.values = values
      reluForwardChannelsLast(height: height, width: width, channels: plane.S, plane.interiors[0])
      let output = plane.values
      #expect(output[0].isNaN)
      #expect(zip(output, values).dropFirst().allSatisfy { $0 == max($1, 0) })
      #expect(plane.bordersAreUnchanged && plane.spareIsZero)

      let gradient = StoredImages(1, channels: channels, height: height, width: width, around: 0)
      gradient.values = numbers(count, 312)
      let result = StoredImages(1, channels: channels, height: height, width: width, border: 2, around: outside)
      reluBackwardChannelsLast(
        height: height, width: width, channels: plane.S, output: plane.interiors[0], gradient: gradient.interiors[0],
        result.interiors[0])
      let expected = zip(gradient.values, output).map { $1 > 0 ? $0 : 0 }
      #expect(result.values == expected && result.spareIsZero && result.bordersAreUnchanged)
      // In place.
      reluBackwardChannelsLast(
        height: height, width: width, channels: plane.S, output: plane.interiors[0], gradient: gradient.interiors[0],
        gradient.interiors[0])
      #expect(gradient.values == expected)
    }
  }

  /// The one with the channels outermost is tested against the definition.
  @Test(arguments: [(5, 7), (3, 4), (4, 9), (5, 1), (5, 33), (2, 16)])
  func normalizationIsThatOfTheOtherOrder(size: Int, channels: Int) {
    for (alpha, beta, k) in [(1e-4, 0.75, 2.0), (0.5, 0.75, 1.0), (0.3, 0.5, 2.0)] {
      let constants = NormalizationConstants(size: size, alpha: Float(alpha), beta: Float(beta), k: Float(k))
      let (height, width) = (3, 5)
      let count = channels * height * width
      let input = StoredImages(1, channels: channels, height: height, width: width, border: 1, around: .nan)
      input.values = numbers(count, 321).map { $0 * 3 }
      let gradient = StoredImages(1, channels: channels, height: height, width: width, border: 2, around: .nan)
      gradient.values = numbers(count, 322)
      var expected = [Float](repeating: .nan, count: count)
      var (expectedScale, expectedGradient, room) = (expected, expected, expected)
      localResponseNormForward(
        input.values, channels: channels, positions: height * width, constants, &expected, scale: &expectedScale)
      localResponseNormBackward(
        input.values, scale: expectedScale, outputGradient: gradient.values, channels: channels,
        positions: height * width, constants, &expectedGradient, scratch: &room)

      let output = StoredImages(1, channels: channels, height: height, width: width, border: 1, around: outside)
      let inputGradient = StoredImages(1, channels: channels, height: height, width: width, around: 0)
      inputGradient.values = numbers(count, 323)
      let before = inputGradient.values
      let scale = Memory<Float>(unwritten: height * width * input.S)
      let scratch = Memory<Float>(unwritten: 3 * input.S + 32)
      normalizeChannelsLast(
        height: height, width: width, channels: channels, constants, input: input.interiors[0],
        output: output.interiors[0], scale: scale.pointer, scratch: scratch.pointer)
      #expect(difference(output.values, expected.map(Double.init)) < 1e-6)
      #expect(output.spareIsZero && output.bordersAreUnchanged)
      normalizeChannelsLastBackward(
        height: height, width: width, channels: channels, constants, input: input.interiors[0], scale: scale.pointer,
        gradient: gradient.interiors[0], inputGradient: inputGradient.interiors[0], scratch: scratch.pointer)
      let sums = zip(expectedGradient, before).map { Double($0) + Double($1) }
      #expect(difference(inputGradient.values, sums) < 2e-6)
      #expect(inputGradient.spareIsZero && inputGradient.bordersAreUnchanged)
      #expect(scale.isIntact && scratch.isIntact)
    }
  }
}
