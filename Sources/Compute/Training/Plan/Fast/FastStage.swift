import Kernels

/// A convolution with what is fused to it: bias, ReLU, pooling.
struct ConvolutionStage: Sendable {
  let shape: ConvolutionShape
  let kernel: any ConvolutionKernel
  let relu: Bool
  /// Pooled by the convolution's own kernel, 2×2.
  let poolsInside: Bool
  /// Pooled behind the kernel, any window, from a map that is not kept.
  let pool: PoolingShape?
  let needsInputGradient: Bool
  /// PyTorch's tensors.
  let tensors: ParameterPlace
  /// Where weight, bias and gradients are among the stored parameters.
  var weight = 0
  var bias = 0
  /// Where the packed kernels are.
  var packed = 0
  var packedTransposed = 0
  /// Where the transposed weight is, and a thread's gradient of the transformed kernel.
  var transposed = 0
  var kernelGradient = 0

  var epilogue: Epilogue { poolsInside ? .reluMaxPool : relu ? .relu : .none }
  /// The floats of the map in front of a pooling behind the kernel, or of a masked gradient; its rows are `mapRow` apart.
  var mapRow: Int { (shape.OW + 7) / 8 * 8 * kernel.outStored }
  var needsMap: Bool { pool != nil || relu && !kernel.masksGradient }
  var mapFloats: Int { needsMap ? shape.OH * mapRow : 0 }
}

/// One step through the layers that work on each image by itself.
enum FastStage: Sendable {
  case convolution(ConvolutionStage)
  case maxPool(PoolingShape)
  case localResponseNorm(NormalizationConstants)
  /// In place.
  case relu

  var isInPlace: Bool { if case .relu = self { true } else { false } }
}

/// A Linear layer with what is fused to it: bias, ReLU, dropout.
struct LinearStage: Sendable {
  let inputs: Int
  let outputs: Int
  let shape: LinearShape
  let tensors: ParameterPlace
  let needsInputGradient: Bool
  var relu = false
  var dropout: (probability: Double, index: Int)?
  var weight = 0
  var bias = 0

  /// What dropout multiplies the survivors by.
  var scale: Float { dropout.map { Float(1 / (1 - $0.probability)) } ?? 1 }
}
