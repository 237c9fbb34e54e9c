import Kernels
import Testing

/// Rung 1: convolutions beside their definition in Double, over odd sizes.
@Suite struct ConvolutionTests {
  static let shapes: [ConvolutionShape] = {
    var shapes: [ConvolutionShape] = []
    for height in 1...17 {
      shapes.append(
        ConvolutionShape(
          channels: 1 + height % 5, height: height, width: 18 - height, outChannels: 1 + height % 3, kernelSize: 3,
          stride: 1, padding: 1))
    }
    for (kernel, stride, padding) in [
      (1, 1, 0), (3, 2, 1), (3, 1, 0), (5, 1, 2), (5, 3, 2), (11, 4, 1), (1, 2, 0), (3, 1, 2),
    ] {
      for (height, width) in [(13, 11), (19, 12), (11, 17)] {
        shapes.append(
          ConvolutionShape(
            channels: 3, height: height, width: width, outChannels: 5, kernelSize: kernel, stride: stride,
            padding: padding))
      }
    }
    // Enough output rows that they are worked on in several blocks.
    shapes.append(
      ConvolutionShape(channels: 64, height: 9, width: 120, outChannels: 4, kernelSize: 3, stride: 1, padding: 1))
    return shapes
  }()

  @Test(arguments: shapes)
  func forwardIsTheDefinition(shape: ConvolutionShape) {
    let input = numbers(shape.C * shape.H * shape.W, 1)
    let weight = numbers(shape.K * shape.columnRows, 2)
    let bias = numbers(shape.K, 3)
    let expected = naiveConvolution(shape, input, weight, bias)
    for relu in [false, true] {
      var output = [Float](repeating: .nan, count: expected.count)
      var scratch = [Float](repeating: .nan, count: shape.scratchFloats)
      convolutionForward(input, weight: weight, bias: bias, shape, relu: relu, &output, scratch: &scratch)
      #expect(difference(output, relu ? expected.map { max($0, 0) } : expected) < 2e-6, "\(shape)")
    }
  }

  @Test(arguments: shapes)
  func gradientsAreTheDefinitions(shape: ConvolutionShape) {
    let input = numbers(shape.C * shape.H * shape.W, 4)
    let weight = numbers(shape.K * shape.columnRows, 5)
    let gradient = numbers(shape.K * shape.OH * shape.OW, 6)
    let expected = naiveGradients(shape, input, weight, gradient)
    // The gradients of weight and bias are added to what is there.
    var weightGradient = [Float](repeating: 1, count: weight.count)
    var biasGradient = [Float](repeating: 1, count: shape.K)
    var inputGradient = [Float](repeating: .nan, count: input.count)
    var scratch = [Float](repeating: .nan, count: shape.scratchFloats)
    convolutionWeightGradient(
      input, outputGradient: gradient, shape, weightGradient: &weightGradient, biasGradient: &biasGradient,
      scratch: &scratch)
    convolutionInputGradient(outputGradient: gradient, weight: weight, shape, &inputGradient, scratch: &scratch)
    #expect(difference(weightGradient, expected.weight.map { $0 + 1 }) < 3e-6, "\(shape)")
    #expect(difference(biasGradient, expected.bias.map { $0 + 1 }) < 3e-6, "\(shape)")
    #expect(difference(inputGradient, expected.input) < 3e-6, "\(shape)")
  }

  /// Images that share a product, with one left over, beside the same images alone.
  @Test(arguments: shapes)
  func severalImagesAreEachImageAlone(shape: ConvolutionShape) {
    let images = 11
    let (inputs, outputs) = (shape.C * shape.H * shape.W, shape.K * shape.OH * shape.OW)
    let input = numbers(images * inputs, 10)
    let weight = numbers(shape.K * shape.columnRows, 11)
    let bias = numbers(shape.K, 12)
    let gradient = numbers(images * outputs, 13)
    var scratch = [Float](repeating: .nan, count: shape.scratchFloats)
    var output = [Float](repeating: .nan, count: images * outputs)
    convolutionForward(
      input, images: images, weight: weight, bias: bias, shape, relu: true, &output, scratch: &scratch)
    var weightGradient = [Float](repeating: 0, count: weight.count)
    var biasGradient = [Float](repeating: 0, count: shape.K)
    convolutionWeightGradient(
      input, images: images, outputGradient: gradient, shape, weightGradient: &weightGradient,
      biasGradient: &biasGradient, scratch: &scratch)
    var inputGradient = [Float](repeating: .nan, count: images * inputs)
    convolutionInputGradient(
      outputGradient: gradient, images: images, weight: weight, shape, &inputGradient, scratch: &scratch)
    var expectedWeight = [Double](repeating: 0, count: weight.count)
    var expectedBias = [Double](repeating: 0, count: shape.K)
    for image in 0..<images {
      let one = Array(input[image * inputs..<(image + 1) * inputs])
      let its = Array(gradient[image * outputs..<(image + 1) * outputs])
      let expected = naiveGradients(shape, one, weight, its)
      #expect(
        difference(
          Array(output[image * outputs..<(image + 1) * outputs]),
          naiveConvolution(shape, one, weight, bias).map { max($0, 0) }) < 2e-6, "\(shape), image \(image)")
      #expect(
        difference(Array(inputGradient[image * inputs..<(image + 1) * inputs]), expected.input) < 3e-6,
        "\(shape), image \(image)")
      for index in expectedWeight.indices { expectedWeight[index] += expected.weight[index] }
      for index in expectedBias.indices { expectedBias[index] += expected.bias[index] }
    }
    #expect(difference(weightGradient, expectedWeight) < 5e-6, "\(shape)")
    #expect(difference(biasGradient, expectedBias) < 5e-6, "\(shape)")
  }

  @Test func gemmIsTheDefinition() {
    for (m, n, k) in [(1, 1, 1), (3, 5, 7), (17, 4, 33), (8, 64, 9)] {
      for transposeA in [false, true] {
        for transposeB in [false, true] {
          let a = numbers(m * k, 7)
          let b = numbers(k * n, 8)
          var c = numbers(m * n, 9)
          let expected = (0..<m * n).map { index in
            let (i, j) = (index / n, index % n)
            return 0.5 * Double(c[index])
              + (0..<k).reduce(0.0) { sum, p in
                sum + 2 * Double(transposeA ? a[p * m + i] : a[i * k + p])
                  * Double(transposeB ? b[j * k + p] : b[p * n + j])
              }
          }
          gemm(
            transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: 2, a, lda: transposeA ? m : k, b,
            ldb: transposeB ? k : n, beta: 0.5, &c, ldc: n)
          #expect(difference(c, expected) < 2e-6)
        }
      }
    }
  }
}
