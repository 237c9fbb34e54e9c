/// One way of computing a convolution on images with the channels innermost: everything that a plan and an engine need to
/// know of it.
///
/// A new kernel is one type that conforms, and its name in ``convolutionKernels``. A call works on whole images, so that
/// calls through the protocol stay outside of the hot loops.
///
/// Legend: C input channels, K output channels, R the kernel's side; S and K are stored in multiples of 16.
public protocol ConvolutionKernel: Sendable {
  /// The variants that can compute a convolution of images stored with `inputStored` channels, `images` at once at most;
  /// none if it cannot be computed this way.
  static func variants(
    for shape: ConvolutionShape, inputStored: Int, images: Int
  ) -> [any ConvolutionKernel]

  /// What a plan prints.
  var name: String { get }

  // MARK: Cost

  /// Multiply-adds of one image's forward pass as the kernel does them, padding included.
  var multiplyAdds: Int { get }
  /// What a pass over one image costs, in multiply-adds of a large product.
  var cost: Double { get }

  // MARK: Padding

  /// The least stored size of an input image; 0 where the convolution's own border is enough.
  var paddedHeight: Int { get }
  var paddedWidth: Int { get }
  /// How many floats behind the input's last may be read.
  var overreach: Int { get }

  // MARK: Layout

  /// The stored output channels.
  var outStored: Int { get }
  /// The floats of the stored weight: rows of `outStored`.
  var weightFloats: Int { get }
  /// The row of the stored weight that has the weights of input channel `channel` at (y, x) of the kernel.
  func weightRow(channel: Int, y: Int, x: Int) -> Int

  // MARK: What it can do beside

  /// Whether ReLU and 2×2 max pooling can be fused to it.
  var fusesPooling: Bool { get }
  /// Whether its backward pass applies ReLU's mask while it reads the gradient; otherwise it needs a map to write it to.
  var masksGradient: Bool { get }
  /// The tiles of one image, if it works on tiles: with few of them, several images are worked on together.
  var tilesPerImage: Int? { get }
  /// Whether computing the output again costs less than keeping it.
  var isCheapToRepeat: Bool { get }

  // MARK: Packing

  /// The floats of the weight as the forward pass wants it, and as the input's gradient does.
  var packedFloats: Int { get }
  var packedTransposedFloats: Int { get }
  /// The floats of a transposed weight that packing needs.
  var transposedFloats: Int { get }
  /// The floats of the gradient that a thread gathers before ``finishWeightGradient(_:_:)``; 0 where none is needed.
  var kernelGradientFloats: Int { get }
  /// Packing is two phases of independent tasks: transposing, where the input's gradient is wanted, then packing.
  var transpositionTasks: Int { get }
  func transpose(_ task: Int, _ memory: KernelMemory)
  func packingTasks(transposed: Bool) -> Int
  func pack(_ task: Int, _ memory: KernelMemory)

  // MARK: Passes

  /// The floats of scratch memory of a pass.
  var scratchFloats: Int { get }
  func forward(_ pass: ForwardPass)
  /// Adds to the gradients of weight (or the gathered one) and bias, and to the input's if there is one.
  func backward(_ pass: BackwardPass)
  /// The weight's gradient from the gathered one, overwritten. Nothing where none is gathered.
  func finishWeightGradient(_ kernelGradient: UnsafePointer<Float>, _ weightGradient: UnsafeMutablePointer<Float>)
}

extension ConvolutionKernel {
  public var paddedHeight: Int { 0 }
  public var paddedWidth: Int { 0 }
  public var overreach: Int { 0 }
  public var tilesPerImage: Int? { nil }
  public var isCheapToRepeat: Bool { false }
  public var transposedFloats: Int { 0 }
  public var kernelGradientFloats: Int { 0 }
  public var transpositionTasks: Int { 0 }
  /// Packs a part of the transposed weights, for the input gradient.
  public func transpose(_ task: Int, _ memory: KernelMemory) {}
  /// Brings the weight gradient from the kernel's layout into the layer's.
  public func finishWeightGradient(
    _ kernelGradient: UnsafePointer<Float>, _ weightGradient: UnsafeMutablePointer<Float>
  ) {}
}

/// The kernels there are; at equal cost a later one, and a later variant, is taken.
public let convolutionKernels: [any ConvolutionKernel.Type] = [
  ImplicitConvolution.self, WinogradConvolution.self, DirectConvolution.self,
]

/// The kernel with the least cost for a convolution of images that are stored with `inputStored` channels.
public func cheapestKernel(_ shape: ConvolutionShape, inputStored: Int, images: Int) -> any ConvolutionKernel {
  var best: (any ConvolutionKernel)?
  for kernel in convolutionKernels.flatMap({ $0.variants(for: shape, inputStored: inputStored, images: images) }) {
    if let known = best, known.cost < kernel.cost { continue }
    best = kernel
  }
  guard let best else { preconditionFailure("no kernel computes \(shape)") }
  return best
}

/// What was measured of the kernels' speed, in units of a multiply-add of a large product.
public enum KernelCost {
  /// A float that is transformed, or passed through, on its way in and out.
  public static let transform = 13.0
}

/// A weight and where its packed forms go.
public struct KernelMemory {
  public var weight: UnsafePointer<Float>
  /// ``ConvolutionKernel/transposedFloats``.
  public var transposedWeight: UnsafeMutablePointer<Float>
  public var packed: UnsafeMutablePointer<Float>
  /// nil where no input gradient is wanted.
  public var packedTransposed: UnsafeMutablePointer<Float>?

  public init(
    weight: UnsafePointer<Float>, transposedWeight: UnsafeMutablePointer<Float>,
    packed: UnsafeMutablePointer<Float>, packedTransposed: UnsafeMutablePointer<Float>?
  ) {
    self.weight = weight
    self.transposedWeight = transposedWeight
    self.packed = packed
    self.packedTransposed = packedTransposed
  }
}

/// The forward pass of a convolution over some images.
public struct ForwardPass {
  public var images: Int
  /// The padded corners.
  public var input: PlaneStack
  public var weight: UnsafePointer<Float>
  public var bias: UnsafePointer<Float>
  public var packed: UnsafePointer<Float>
  public var epilogue: Epilogue
  /// The interiors of `[H, W, K]`, or of `[H/2, W/2, K]` with pooling.
  public var output: PlaneStack
  /// With pooling, if the backward pass needs them: `[H/2, W/2, K]`.
  public var poolIndices: PoolIndexStack?
  public var scratch: UnsafeMutablePointer<Float>

  public init(
    images: Int, input: PlaneStack, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    packed: UnsafePointer<Float>, epilogue: Epilogue, output: PlaneStack, poolIndices: PoolIndexStack?,
    scratch: UnsafeMutablePointer<Float>
  ) {
    self.images = images
    self.input = input
    self.weight = weight
    self.bias = bias
    self.packed = packed
    self.epilogue = epilogue
    self.output = output
    self.poolIndices = poolIndices
    self.scratch = scratch
  }
}

/// The backward pass of a convolution over some images.
public struct BackwardPass {
  public var images: Int
  /// The padded corners.
  public var input: PlaneStack
  public var source: OutputGradient
  public var epilogue: Epilogue
  public var packedTransposed: UnsafePointer<Float>?
  public var weightGradient: UnsafeMutablePointer<Float>
  public var biasGradient: UnsafeMutablePointer<Float>
  /// ``ConvolutionKernel/kernelGradientFloats``, overwritten if `isFirst`.
  public var kernelGradient: UnsafeMutablePointer<Float>
  public var isFirst: Bool
  /// The padded corners, which are added to; nil where no input gradient is wanted.
  public var inputGradient: PlaneStack?
  /// For a masked gradient, `[H, W, K]`, of a kernel that does not mask it while reading.
  public var map: PlaneStack
  public var scratch: UnsafeMutablePointer<Float>

  public init(
    images: Int, input: PlaneStack, source: OutputGradient, epilogue: Epilogue,
    packedTransposed: UnsafePointer<Float>?, weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>, kernelGradient: UnsafeMutablePointer<Float>, isFirst: Bool,
    inputGradient: PlaneStack?, map: PlaneStack, scratch: UnsafeMutablePointer<Float>
  ) {
    self.images = images
    self.input = input
    self.source = source
    self.epilogue = epilogue
    self.packedTransposed = packedTransposed
    self.weightGradient = weightGradient
    self.biasGradient = biasGradient
    self.kernelGradient = kernelGradient
    self.isFirst = isFirst
    self.inputGradient = inputGradient
    self.map = map
    self.scratch = scratch
  }
}
