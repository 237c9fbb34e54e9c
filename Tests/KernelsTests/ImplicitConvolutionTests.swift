import Kernels
import Testing

/// Rung 1: convolutions over images where they are, of any kernel and stride, beside the definition in Double.
@Suite struct ImplicitConvolutionTests {
  @Test(arguments: [1, 3, 4, 5, 7, 11], 1...4)
  func theImplicitConvolutionIsTheDefinition(kernelSize: Int, stride: Int) {
    for (channels, stored) in [(1, 1), (2, 2), (3, 3), (13, 16), (16, 16), (32, 32)] {
      // Rows of outputs around eight and sixteen, which is what they are rounded up to, and a single output.
      for (height, width, padding) in [(14, 18, 0), (12, 21, kernelSize / 2), (kernelSize, kernelSize, 0)] {
        let shape = ConvolutionShape(
          channels: channels, height: height, width: width, outChannels: 1 + (channels * 7 + width) % 37,
          kernelSize: kernelSize, stride: stride, padding: padding)
        compare(Layer(shape, inputStored: stored))
      }
    }
  }

  private func compare(_ layer: Layer) {
    let (shape, images) = (layer.shape, layer.images)
    let comment: Comment = "\(shape), \(layer.sizes.S) stored"
    let sums = (0..<images).flatMap { naiveConvolution(shape, layer.input.values($0), layer.weight, layer.bias) }
    for relu in [true, false] {
      layer.forward(relu: relu)
      #expect(difference(layer.output.values, relu ? sums.map { max($0, 0) } : sums) < 3e-6, comment)
      #expect(layer.output.spareIsZero, comment)
      #expect(layer.output.bordersAreUnchanged, comment)
    }
    var expected = GradientSums(
      weight: layer.weight.map { _ in 0.5 }, bias: layer.bias.map { _ in 0.5 },
      input: layer.inputGradient.values.map(Double.init))
    for image in 0..<images {
      expected.add(
        image, shape, input: layer.input.values(image), weight: layer.weight, gradient: layer.gradient.values(image))
    }
    layer.backward(wantsInputGradient: false)
    let (weight, bias) = (layer.weightGradient(), layer.biasGradient.elements)
    layer.backward(wantsInputGradient: true)
    #expect(layer.weightGradient().values == weight.values && layer.biasGradient.elements == bias, comment)
    #expect(difference(weight.values, expected.weight) < 3e-6, comment)
    #expect(weight.spareIsUnchanged, comment)
    #expect(difference(Array(bias[..<shape.K]), expected.bias) < 3e-6, comment)
    #expect(bias[shape.K...].allSatisfy { $0 == 0.5 }, comment)
    #expect(difference(layer.inputGradient.values, expected.input) < 3e-6, comment)
    #expect(layer.inputGradient.spareIsZero, comment)
    #expect(layer.isIntact, comment)
  }
}

/// A convolution of two images with every buffer that the kernels work on.
private final class Layer {
  let images = 2
  let shape: ConvolutionShape
  let sizes: ImplicitConvolution
  let weight: [Float]
  let bias: [Float]
  let input: StoredImages
  let output: StoredImages
  let gradient: StoredImages
  let inputGradient: StoredImages
  let biasGradient: Memory<Float>
  private let storedGradient: Memory<Float>
  private let packed: Memory<Float>
  private let transposed: Memory<Float>
  private let scratch: Memory<Float>

  init(_ shape: ConvolutionShape, inputStored: Int) {
    self.shape = shape
    sizes = ImplicitConvolution(
      inputStored: inputStored, outChannels: shape.K, height: shape.OH, width: shape.OW, kernelSize: shape.R,
      stride: shape.stride)
    weight = numbers(shape.K * shape.columnRows, 211)
    bias = numbers(shape.K, 212)
    // A product reads on behind the last image, but nothing comes of it.
    input = StoredImages(
      images, channels: shape.C, stored: inputStored, height: shape.H, width: shape.W, border: shape.padding,
      around: 0, beyond: .nan, slack: sizes.overreach)
    input.values = numbers(images * shape.C * shape.H * shape.W, 213)
    output = StoredImages(images, channels: shape.K, height: shape.OH, width: shape.OW, border: 1, around: outside)
    gradient = StoredImages(
      images, channels: shape.K, height: shape.OH, width: shape.OW, border: 1, around: .nan, beyond: .nan,
      slack: 8 * sizes.K)
    gradient.values = numbers(images * shape.K * shape.OH * shape.OW, 214)
    // What is there is added to.
    inputGradient = StoredImages(
      images, channels: shape.C, stored: inputStored, height: shape.H, width: shape.W, border: shape.padding,
      around: 0)
    inputGradient.values = numbers(images * shape.C * shape.H * shape.W, 215)
    biasGradient = Memory(sizes.K, fill: 0.5, beyond: outside)
    storedGradient = Memory(sizes.weightFloats, fill: 0.5, beyond: outside)
    packed = Memory(unwritten: sizes.packedFloats)
    // What the transpose is rounded up by is not written.
    transposed = Memory(sizes.packedTransposedFloats, fill: 0, beyond: outside)
    scratch = Memory(unwritten: sizes.scratchFloats)
    pack()
  }

  /// Where the weight of output channel k and input channel c at tap (y, x) is stored: `[R, storedRun, K]`.
  private func place(_ k: Int, _ c: Int, _ y: Int, _ x: Int) -> Int {
    (y * sizes.storedRun + x * sizes.S + c) * sizes.K + k
  }

  private func pack() {
    // The rows that the stored weight is rounded up by count for nothing.
    let stored = Memory<Float>(unwritten: sizes.weightFloats)
    for y in 0..<shape.R {
      (stored.pointer + y * sizes.storedRun * sizes.K).update(repeating: 0, count: sizes.run * sizes.K)
    }
    var index = 0
    for k in 0..<shape.K {
      for c in 0..<shape.C {
        for y in 0..<shape.R {
          for x in 0..<shape.R {
            stored.pointer[place(k, c, y, x)] = weight[index]
            index += 1
          }
        }
      }
    }
    packImplicitKernel(stored.pointer, sizes, packed.pointer, transposed: nil)
    let alone = packed.elements
    packImplicitKernel(stored.pointer, sizes, packed.pointer, transposed: transposed.pointer)
    #expect(packed.elements == alone)
  }

  func forward(relu: Bool) {
    for image in 0..<images {
      implicitForward(
        sizes, input: input.corners[image], packed: packed.pointer, bias: stored(bias), relu: relu,
        output: output.interiors[image], scratch: scratch.pointer)
    }
  }

  func backward(wantsInputGradient: Bool) {
    storedGradient.pointer.update(repeating: 0.5, count: storedGradient.count)
    biasGradient.pointer.update(repeating: 0.5, count: biasGradient.count)
    for image in 0..<images {
      implicitBackward(
        sizes, input: input.corners[image], gradient: gradient.interiors[image],
        transposed: wantsInputGradient ? transposed.pointer : nil, weightGradient: storedGradient.pointer,
        biasGradient: biasGradient.pointer, inputGradient: wantsInputGradient ? inputGradient.corners[image] : nil,
        scratch: scratch.pointer)
    }
  }

  /// The weight's gradient `[K, C, R, R]`, and whether nothing was added for the spare channels.
  func weightGradient() -> (values: [Float], spareIsUnchanged: Bool) {
    var values: [Float] = []
    var isUnchanged = true
    for k in 0..<sizes.K {
      for c in 0..<sizes.S {
        for y in 0..<shape.R {
          for x in 0..<shape.R {
            let value = storedGradient.pointer[place(k, c, y, x)]
            if k < shape.K, c < shape.C {
              values.append(value)
            } else if value != 0.5 {
              isUnchanged = false
            }
          }
        }
      }
    }
    return (values, isUnchanged)
  }

  /// Whether no kernel wrote beyond its buffers.
  var isIntact: Bool {
    [storedGradient, biasGradient, packed, transposed, scratch, inputGradient.memory].allSatisfy(\.isIntact)
  }
}
