import Kernels
import Testing

/// Rung 1: the first convolution, of one input channel, beside the definition in Double.
@Suite struct DirectConvolutionTests {
  @Test(arguments: [Epilogue.none, .relu, .reluMaxPool])
  func theFirstConvolutionIsTheDefinition(epilogue: Epilogue) {
    for height in 1...17 {
      for padding in 0...2 {
        let shape = ConvolutionShape(
          channels: 1, height: height, width: 18 - height, outChannels: 1 + (5 * height + padding) % 35, kernelSize: 3,
          stride: 1, padding: padding)
        if min(shape.OH, shape.OW) >= (epilogue == .reluMaxPool ? 2 : 1) { compare(shape, epilogue) }
      }
    }
  }

  private func compare(_ shape: ConvolutionShape, _ epilogue: Epilogue) {
    let comment: Comment = "\(epilogue), \(shape)"
    let images = 2
    let first = DirectConvolution(height: shape.OH, width: shape.OW, outChannels: shape.K)
    let pools = epilogue == .reluMaxPool
    let (height, width) = pools ? (shape.OH / 2, shape.OW / 2) : (shape.OH, shape.OW)
    let weight = numbers(shape.K * 9, 201)
    let bias = numbers(shape.K, 202)
    let packed = Memory<Float>(9 * first.K, fill: 0, beyond: outside)
    for k in 0..<shape.K {
      for tap in 0..<9 { packed.pointer[tap * first.K + k] = weight[k * 9 + tap] }
    }
    let input = StoredImages(
      images, channels: 1, stored: 1, height: shape.H, width: shape.W, border: shape.padding, around: 0, beyond: .nan)
    input.values = numbers(images * shape.H * shape.W, 203)
    let output = StoredImages(images, channels: shape.K, height: height, width: width, border: 1, around: outside)
    let poolIndices = Memory<UInt8>(images * height * width * first.K, fill: 99, beyond: 99)
    let stack = PoolIndexStack(poolIndices.pointer, image: height * width * first.K)
    func forward(keepsPlaces: Bool) {
      for image in 0..<images {
        directConvolutionForward(
          first, input: input.corners[image], weight: packed.pointer, bias: stored(bias), epilogue,
          output: output.interiors[image], poolIndices: keepsPlaces ? stack[image] : nil)
      }
    }
    forward(keepsPlaces: false)
    let withoutPlaces = output.values
    #expect(poolIndices.elements.allSatisfy { $0 == 99 }, comment)
    forward(keepsPlaces: pools)
    let sums = (0..<images).map { naiveConvolution(shape, input.values($0), weight, bias) }
    #expect(output.values == withoutPlaces, comment)
    #expect(difference(withoutPlaces, sums.flatMap { naiveEpilogue(epilogue, $0, shape) }) < 2e-6, comment)
    #expect(output.spareIsZero && output.bordersAreUnchanged && poolIndices.isIntact, comment)

    let gradient = StoredImages(images, channels: shape.K, height: height, width: width, border: 1, around: .nan)
    gradient.values = numbers(images * shape.K * height * width, 204)
    // What is there is added to.
    let weightGradient = Memory<Float>(9 * first.K, fill: 0.5, beyond: outside)
    let biasGradient = Memory<Float>(first.K, fill: 0.5, beyond: outside)
    var expected = GradientSums(
      weight: weight.map { _ in 0.5 }, bias: bias.map { _ in 0.5 }, input: input.values.map { _ in 0 })
    let source = OutputGradient(
      gradient: gradient.interiors, output: output.interiors, poolIndices: pools ? stack : nil)
    for image in 0..<images {
      directConvolutionBackward(
        first, input: input.corners[image], source, image: image, epilogue, weightGradient: weightGradient.pointer,
        biasGradient: biasGradient.pointer)
      let marks = pools ? slice(planes(poolIndices, shape), image, of: images) : []
      if pools { #expect(areMaxima(marks, sums[image], shape, rounding: 1e-5), comment) }
      let behind = gradientBehind(
        epilogue, gradient.values(image), output: output.values(image), poolIndices: marks, shape)
      expected.add(image, shape, input: input.values(image), weight: weight, gradient: behind)
    }
    // From `[9, K]` to `[K, 9]`; those of the spare channels are as they were.
    let byChannel = (0..<first.K).flatMap { k in (0..<9).map { weightGradient.pointer[$0 * first.K + k] } }
    #expect(difference(Array(byChannel[..<weight.count]), expected.weight) < 3e-6, comment)
    #expect(difference(Array(biasGradient.elements[..<shape.K]), expected.bias) < 3e-6, comment)
    #expect(byChannel[weight.count...].allSatisfy { $0 == 0.5 }, comment)
    #expect(biasGradient.elements[shape.K...].allSatisfy { $0 == 0.5 }, comment)
    #expect(weightGradient.isIntact && biasGradient.isIntact, comment)
  }

  /// Where nothing comes in, all four of a window are the bias; and a NaN that comes in comes out.
  @Test func tiesAndNaNs() {
    let first = DirectConvolution(height: 6, width: 8, outChannels: 16)
    let weight = numbers(9 * 16, 221)
    let bias = numbers(16, 222)
    let input = StoredImages(1, channels: 1, stored: 1, height: 6, width: 8, border: 1, around: 0)
    input.values = [Float](repeating: 0, count: 48)
    let output = StoredImages(1, channels: 16, height: 3, width: 4, around: outside)
    var poolIndices = [UInt8](repeating: 99, count: 12 * 16)
    directConvolutionForward(
      first, input: input.corners[0], weight: weight, bias: bias, .reluMaxPool, output: output.interiors[0],
      poolIndices: &poolIndices)
    #expect(poolIndices.indices.allSatisfy { poolIndices[$0] == (bias[$0 % 16] > 0 ? 0 : 255) })
    #expect(output.values == bias.flatMap { [Float](repeating: max($0, 0), count: 12) })
    // The corner pixel meets the windows of the first pooled output only.
    input.interiors[0].base.pointee = .nan
    directConvolutionForward(
      first, input: input.corners[0], weight: weight, bias: bias, .reluMaxPool, output: output.interiors[0],
      poolIndices: nil)
    #expect(output.values.indices.allSatisfy { output.values[$0].isNaN == ($0 % 12 == 0) })
  }
}
