import Kernels
import Testing

/// A convolution of some images with every buffer that Winograd's kernels work on, filled with pseudo-noise.
final class WinogradLayer {
  let shape: ConvolutionShape
  let winograd: WinogradConvolution
  let epilogue: Epilogue
  let images: Int
  let weight: [Float]
  let bias: Memory<Float>
  let input: StoredImages
  let output: StoredImages
  /// `[images, OH/2, OW/2, K]`.
  let poolIndices: Memory<UInt8>
  let gradient: StoredImages
  let inputGradient: StoredImages
  let kernelGradient: Memory<Float>
  let biasGradient: Memory<Float>
  let scratch: Memory<Float>
  private let kernel: Memory<Float>
  private let transposedKernel: Memory<Float>

  init(_ algorithm: WinogradAlgorithm, _ shape: ConvolutionShape, _ epilogue: Epilogue, images: Int) {
    self.shape = shape
    self.epilogue = epilogue
    self.images = images
    let winograd = WinogradConvolution(
      algorithm, channels: shape.C, outChannels: shape.K, height: shape.OH, width: shape.OW, padding: shape.padding,
      images: images)
    self.winograd = winograd
    let pools = epilogue == .reluMaxPool
    let (height, width) = pools ? (shape.OH / 2, shape.OW / 2) : (shape.OH, shape.OW)
    weight = numbers(shape.K * shape.columnRows, 101)
    bias = Memory(stored(numbers(shape.K, 102)))
    func around(_ value: Float) -> StoredImages {
      StoredImages(
        images, channels: shape.C, height: shape.H, width: shape.W, border: shape.padding,
        paddedHeight: winograd.paddedHeight, paddedWidth: winograd.paddedWidth, around: 0, beyond: value)
    }
    // Nothing beyond the input's border counts, nor anything around the gradient.
    input = around(.nan)
    input.values = numbers(images * shape.C * shape.H * shape.W, 103)
    output = StoredImages(images, channels: shape.K, height: height, width: width, border: 1, around: outside)
    poolIndices = Memory(images * height * width * winograd.K, fill: 99, beyond: 99)
    gradient = StoredImages(images, channels: shape.K, height: height, width: width, border: 1, around: .nan)
    gradient.values = numbers(images * shape.K * height * width, 104)
    inputGradient = around(outside)
    // What is there is added to.
    inputGradient.values = numbers(images * shape.C * shape.H * shape.W, 105)
    biasGradient = Memory(stored(numbers(shape.K, 106)))
    kernelGradient = Memory(unwritten: winograd.kernelFloats)
    scratch = Memory(unwritten: winograd.scratchFloats)
    kernel = Memory(unwritten: winograd.kernelFloats)
    transposedKernel = Memory(unwritten: winograd.kernelFloats)
    pack()
  }

  /// Transforms the weight, sixteen channels at a time, and its transpose.
  private func pack() {
    let (C, K, R) = (winograd.C, winograd.K, shape.R)
    var stored = [Float](repeating: 0, count: R * R * C * K)
    for k in 0..<shape.K {
      for c in 0..<shape.C {
        for tap in 0..<R * R { stored[(tap * C + c) * K + k] = weight[(k * shape.C + c) * R * R + tap] }
      }
    }
    let transposed = Memory<Float>(unwritten: stored.count)
    stored.withUnsafeBufferPointer { stored in
      for tap in 0..<R * R {
        transpose(stored.baseAddress! + tap * C * K, rows: C, columns: K, transposed.pointer + tap * C * K)
      }
    }
    for first in stride(from: 0, to: C, by: 16) {
      winogradKernel(
        stored, winograd.algorithm, channels: C, outChannels: K, range: first..<first + 16, kernel.pointer)
    }
    for first in stride(from: 0, to: K, by: 16) {
      winogradKernel(
        transposed.pointer, winograd.algorithm, channels: K, outChannels: C, range: first..<first + 16,
        transposedKernel.pointer)
    }
  }

  func forward(_ range: Range<Int>? = nil, _ shape: WinogradConvolution? = nil, keepsPlaces: Bool = true) {
    let range = range ?? 0..<images
    winogradForward(
      shape ?? winograd, images: range.count, input: input.corners.from(range.lowerBound), kernel: kernel.pointer,
      bias: bias.pointer, epilogue, output: output.interiors.from(range.lowerBound),
      poolIndices: keepsPlaces && epilogue == .reluMaxPool ? poolIndexStack(range.lowerBound) : nil,
      scratch: scratch.pointer)
  }

  func backward(_ range: Range<Int>, first: Bool, wantsInputGradient: Bool = true) {
    let source = OutputGradient(
      gradient: gradient.interiors.from(range.lowerBound), output: output.interiors.from(range.lowerBound),
      poolIndices: epilogue == .reluMaxPool ? poolIndexStack(range.lowerBound) : nil)
    winogradBackward(
      winograd, images: range.count, input: input.corners.from(range.lowerBound), source, epilogue,
      transposedKernel: wantsInputGradient ? transposedKernel.pointer : nil, kernelGradient: kernelGradient.pointer,
      biasGradient: biasGradient.pointer, first: first,
      inputGradient: wantsInputGradient ? inputGradient.corners.from(range.lowerBound) : nil,
      scratch: scratch.pointer)
  }

  private func poolIndexStack(_ first: Int) -> PoolIndexStack {
    let image = poolIndices.count / images
    return PoolIndexStack(poolIndices.pointer + first * image, image: image)
  }

  /// The weight's gradient `[K, C, R, R]`, and whether that of the spare channels is zero.
  func weightGradient() -> (values: [Float], spareIsZero: Bool) {
    let (C, K, taps) = (winograd.C, winograd.K, shape.R * shape.R)
    let stored = Memory<Float>(unwritten: taps * C * K)
    winogradKernelGradient(kernelGradient.pointer, winograd, stored.pointer)
    #expect(stored.isIntact)
    var values = [Float](repeating: 0, count: weight.count)
    var spareIsZero = true
    for tap in 0..<taps {
      for c in 0..<C {
        for k in 0..<K {
          let value = stored.pointer[(tap * C + c) * K + k]
          if c < shape.C, k < shape.K {
            values[(k * shape.C + c) * taps + tap] = value
          } else if value != 0 {
            spareIsZero = false
          }
        }
      }
    }
    return (values, spareIsZero)
  }

  /// Whether no kernel wrote beyond its buffers.
  var isIntact: Bool {
    [scratch, kernel, transposedKernel, kernelGradient, biasGradient].allSatisfy(\.isIntact) && poolIndices.isIntact
      && inputGradient.memory.isIntact
  }
}

extension PlaneStack {
  /// The images from `index` on.
  func from(_ index: Int) -> PlaneStack { PlaneStack(base + index * image, row: row, image: image) }
}

/// A number for each channel, with zeros for those that are stored beside.
func stored(_ values: [Float]) -> [Float] {
  values + [Float](repeating: 0, count: storedChannels(values.count) - values.count)
}
