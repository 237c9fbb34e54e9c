import Kernels
import Testing

/// Rung 1: Winograd's convolutions beside the definition in Double.
///
/// The bounds are relative to the largest number of what is compared. F(2x2,3x3) adds and halves only, and is as exact as a
/// plain sum: a few 1e-7. The transforms of the other two multiply by numbers up to 8 and take differences of what comes
/// out, so that of a Float's 24 bits three or four are lost: up to 7e-6 was seen. A wrong tap, tile or image is an error
/// of 1e-2 and more.
@Suite struct WinogradTests {
  static func bound(_ algorithm: WinogradAlgorithm) -> Double { algorithm == .f2x3 ? 2e-6 : 2e-5 }
  static let epilogues: [Epilogue] = [.none, .relu, .reluMaxPool]

  /// Odd sizes and channels under each padding; the sizes go through all remainders of a tile.
  static func shapes(_ algorithm: WinogradAlgorithm) -> [ConvolutionShape] {
    (1...17).flatMap { height in
      (0...2).map { padding in
        ConvolutionShape(
          channels: 1 + (7 * height + 5 * padding) % 21, height: height, width: 18 - height,
          outChannels: 1 + (5 * height + 3 * padding) % 37, kernelSize: algorithm.R, stride: 1, padding: padding)
      }
    }.filter { $0.OH >= 1 && $0.OW >= 1 }
  }

  @Test(arguments: WinogradAlgorithm.allCases, epilogues)
  func smallImagesAreTheDefinition(algorithm: WinogradAlgorithm, epilogue: Epilogue) {
    for (index, shape) in Self.shapes(algorithm).enumerated() {
      if epilogue == .reluMaxPool, min(shape.OH, shape.OW) < 2 { continue }
      compare(WinogradLayer(algorithm, shape, epilogue, images: 1 + index % 3))
    }
  }

  @Test(arguments: WinogradAlgorithm.allCases, epilogues)
  func aImageInSeveralBlocksIsTheDefinition(algorithm: WinogradAlgorithm, epilogue: Epilogue) {
    let shape = ConvolutionShape(
      channels: 20, height: 29, width: 31, outChannels: 40, kernelSize: algorithm.R, stride: 1,
      padding: algorithm.R / 2)
    let layer = WinogradLayer(algorithm, shape, epilogue, images: 1)
    #expect(layer.winograd.blockTiles < layer.winograd.tiles)
    compare(layer)
  }

  @Test(arguments: WinogradAlgorithm.allCases, epilogues)
  func blocksOfSeveralImagesAreTheDefinition(algorithm: WinogradAlgorithm, epilogue: Epilogue) {
    // 64 channels, whose rows are set apart; the blocks end within images.
    let shape = ConvolutionShape(
      channels: 64, height: 9, width: 9, outChannels: 64, kernelSize: algorithm.R, stride: 1, padding: algorithm.R / 2)
    let layer = WinogradLayer(algorithm, shape, epilogue, images: 7)
    #expect(layer.winograd.blockTiles > layer.winograd.tiles && layer.winograd.blockTiles < 6 * layer.winograd.tiles)
    #expect(layer.winograd.blockTiles % layer.winograd.tiles != 0)
    compare(layer)
  }

  /// Runs forward, then backward in two calls, the last image in the second, and compares all that comes out.
  private func compare(_ layer: WinogradLayer) {
    let (shape, epilogue, images) = (layer.shape, layer.epilogue, layer.images)
    let bound = Self.bound(layer.winograd.algorithm)
    let comment: Comment = "\(layer.winograd.algorithm), \(epilogue), \(shape), \(images) images"
    let sums = (0..<images).map {
      naiveConvolution(shape, layer.input.values($0), layer.weight, Array(layer.bias.elements[..<shape.K]))
    }
    layer.forward(keepsPlaces: false)
    let withoutPlaces = layer.output.values
    #expect(layer.poolIndices.elements.allSatisfy { $0 == 99 }, comment)
    layer.forward()
    let output = layer.output.values
    #expect(output == withoutPlaces, comment)
    #expect(difference(output, sums.flatMap { naiveEpilogue(epilogue, $0, shape) }) < bound, comment)
    #expect(layer.output.spareIsZero, comment)
    #expect(layer.output.bordersAreUnchanged, comment)
    let poolIndices = planes(layer.poolIndices, shape)
    if epilogue == .reluMaxPool {
      for (imageIndex, sums) in sums.enumerated() {
        let rounding = bound * sums.reduce(0) { max($0, abs($1)) }
        #expect(areMaxima(slice(poolIndices, imageIndex, of: images), sums, shape, rounding: rounding), comment)
      }
    }

    var expected = GradientSums(
      weight: layer.weight.map { _ in 0 }, bias: layer.biasGradient.elements[..<shape.K].map(Double.init),
      input: layer.inputGradient.values.map(Double.init))
    for imageIndex in 0..<images {
      let gradient = gradientBehind(
        epilogue, layer.gradient.values(imageIndex), output: layer.output.values(imageIndex),
        poolIndices: epilogue == .reluMaxPool ? slice(poolIndices, imageIndex, of: images) : [], shape)
      expected.add(imageIndex, shape, input: layer.input.values(imageIndex), weight: layer.weight, gradient: gradient)
    }
    if images > 1 { layer.backward(0..<images - 1, first: true) }
    layer.backward(images - 1..<images, first: images == 1)
    let weightGradient = layer.weightGradient()
    #expect(difference(weightGradient.values, expected.weight) < bound, comment)
    #expect(weightGradient.spareIsZero, comment)
    #expect(difference(Array(layer.biasGradient.elements[..<shape.K]), expected.bias) < 2e-6, comment)
    #expect(layer.biasGradient.elements[shape.K...].allSatisfy { $0 == 0 }, comment)
    #expect(difference(layer.inputGradient.values, expected.input) < bound, comment)
    #expect(layer.inputGradient.spareIsZero, comment)
    #expect(layer.isIntact, comment)
  }

  @Test(arguments: WinogradAlgorithm.allCases)
  func theWeightsGradientIsTheSameWithoutTheInputs(algorithm: WinogradAlgorithm) {
    let shape = ConvolutionShape(
      channels: 5, height: 7, width: 10, outChannels: 18, kernelSize: algorithm.R, stride: 1, padding: 1)
    let layer = WinogradLayer(algorithm, shape, .relu, images: 3)
    layer.forward()
    layer.backward(0..<3, first: true, wantsInputGradient: false)
    let alone = layer.kernelGradient.elements
    layer.backward(0..<3, first: true)
    #expect(alone == layer.kernelGradient.elements)
    // The sums go on where the first call left them, but for rounding.
    layer.backward(0..<3, first: false)
    #expect(difference(layer.kernelGradient.elements, alone.map { 2 * Double($0) }) < 2e-6)
  }

  @Test(arguments: WinogradAlgorithm.allCases, epilogues)
  func aImageGivesTheSameBitsInAnyCompany(algorithm: WinogradAlgorithm, epilogue: Epilogue) {
    let shape = ConvolutionShape(
      channels: 33, height: 11, width: 14, outChannels: 17, kernelSize: algorithm.R, stride: 1, padding: 2)
    let layer = WinogradLayer(algorithm, shape, epilogue, images: 3)
    layer.forward()
    let (together, poolIndices) = (layer.output.values, layer.poolIndices.elements)
    let alone = WinogradConvolution(
      algorithm, channels: shape.C, outChannels: shape.K, height: shape.OH, width: shape.OW, padding: shape.padding,
      images: 1)
    #expect(alone.blockTiles < layer.winograd.blockTiles && alone.scratchFloats <= layer.winograd.scratchFloats)
    layer.output.values = together.map { _ in outside }
    layer.poolIndices.pointer.update(repeating: 99, count: layer.poolIndices.count)
    for imageIndex in (0..<3).reversed() { layer.forward(imageIndex..<imageIndex + 1, alone) }
    #expect(layer.output.values == together)
    #expect(layer.poolIndices.elements == poolIndices)
  }

  /// Where nothing comes in, all four of a window are the bias.
  @Test(arguments: WinogradAlgorithm.allCases)
  func ofEqualOnesTheFirstIsTheLargest(algorithm: WinogradAlgorithm) {
    let shape = ConvolutionShape(
      channels: 4, height: 7, width: 12, outChannels: 20, kernelSize: algorithm.R, stride: 1, padding: 2)
    let layer = WinogradLayer(algorithm, shape, .reluMaxPool, images: 2)
    layer.input.values = layer.input.values.map { _ in 0 }
    layer.forward()
    let bias = layer.bias.elements
    let positions = shape.OH / 2 * (shape.OW / 2)
    let perImage = bias[..<shape.K].flatMap { [UInt8](repeating: $0 > 0 ? 0 : 255, count: positions) }
    #expect(planes(layer.poolIndices, shape) == perImage + perImage)
    #expect(perImage.contains(0) && perImage.contains(255))
  }

  @Test(arguments: WinogradAlgorithm.allCases, epilogues)
  func nothingHidesANaN(algorithm: WinogradAlgorithm, epilogue: Epilogue) {
    let shape = ConvolutionShape(
      channels: 3, height: 8, width: 8, outChannels: 4, kernelSize: algorithm.R, stride: 1, padding: algorithm.R / 2)
    let layer = WinogradLayer(algorithm, shape, epilogue, images: 1)
    var values = layer.input.values
    values[(1 * 8 + 3) * 8 + 4] = .nan
    layer.input.values = values
    layer.forward()
    // What meets it is a NaN; the others of its tiles may be.
    let sums = naiveConvolution(shape, values, layer.weight, Array(layer.bias.elements[..<shape.K]))
    let isNaN: [Bool] =
      epilogue == .reluMaxPool
      ? windows(shape).map { window in window.contains { sums[$0].isNaN } } : sums.map(\.isNaN)
    #expect(isNaN.contains(true))
    #expect(zip(isNaN, layer.output.values).allSatisfy { !$0 || $1.isNaN })
  }
}
