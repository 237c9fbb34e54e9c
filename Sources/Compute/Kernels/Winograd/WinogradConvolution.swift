/// The Winograd convolutions there are: F(m, R) makes m×m outputs of an R×R kernel at a time.
public enum WinogradAlgorithm: String, Sendable, Hashable, CaseIterable {
  case f4x3 = "F(4x4,3x3)"
  case f2x3 = "F(2x2,3x3)"
  case f2x5 = "F(2x2,5x5)"

  /// The side of a tile of outputs.
  public var m: Int { self == .f4x3 ? 4 : 2 }
  /// The kernel's side.
  public var R: Int { self == .f2x5 ? 5 : 3 }
  /// The side of a tile of inputs.
  public var P: Int { m + R - 1 }
}

/// The sizes of a Winograd convolution with stride 1.
///
/// Legend: C and K stored input and output channels (multiples of 16), H×W output; m, R and P of the algorithm. The input
/// is in a border of zeros: `padding` above and left, and below and right as far as the last tiles reach.
public struct WinogradConvolution: Sendable, Hashable {
  public let algorithm: WinogradAlgorithm
  public let C: Int
  public let K: Int
  public let H: Int
  public let W: Int
  public let padding: Int
  public let tilesDown: Int
  public let tilesAcross: Int
  /// The tiles that are worked on at once, a multiple of ``tileRows``.
  public let blockTiles: Int
  /// Floats from tile to tile and from point to point of the transformed inputs.
  let inputRow: Int
  let inputPlane: Int
  /// The same of the transformed outputs.
  let outputRow: Int
  let outputPlane: Int

  /// `images` is how many images are worked on together at most.
  public init(
    _ algorithm: WinogradAlgorithm, channels: Int, outChannels: Int, height: Int, width: Int, padding: Int, images: Int
  ) {
    self.algorithm = algorithm
    C = storedChannels(channels)
    K = storedChannels(outChannels)
    H = height
    W = width
    self.padding = padding
    tilesDown = (height + algorithm.m - 1) / algorithm.m
    tilesAcross = (width + algorithm.m - 1) / algorithm.m
    let points = algorithm.P * algorithm.P
    // As many tiles as keep the transformed inputs and outputs in a core's second-level cache, but enough that the
    // transformed kernel, which is read once a block, is used often.
    let fitting = Self.cacheFloats / (points * (C + K))
    let balanced = C * K / (C + K)
    let wanted = min(max(fitting, balanced, Self.fewestTiles), images * tilesDown * tilesAcross)
    blockTiles = (wanted + tileRows - 1) / tileRows * tileRows
    inputRow = Self.row(C)
    outputRow = Self.row(K)
    inputPlane = Self.plane(blockTiles * inputRow)
    outputPlane = Self.plane(blockTiles * outputRow)
  }

  static let cacheFloats = 160_000
  static let fewestTiles = 48

  /// Rows a power of two apart would fall on few sets of the first-level cache.
  private static func row(_ channels: Int) -> Int { channels % 64 == 0 ? channels + 16 : channels }

  /// An odd number of cache lines, for the same reason.
  private static func plane(_ floats: Int) -> Int { floats / 16 % 2 == 0 ? floats + 16 : floats }

  public var tiles: Int { tilesDown * tilesAcross }
  /// P².
  public var points: Int { algorithm.P * algorithm.P }
  /// The input's stored size.
  public var paddedHeight: Int { tilesDown * algorithm.m + algorithm.R - 1 }
  public var paddedWidth: Int { tilesAcross * algorithm.m + algorithm.R - 1 }
  /// The floats of the transformed kernel.
  public var kernelFloats: Int { points * C * K }
  /// The floats of scratch that forward and backward need.
  public var scratchFloats: Int { points * (inputPlane + outputPlane) }
  /// Multiply-adds of an image in the transformed domain, tiles that reach over the edge included.
  public var multiplyAdds: Int { tiles * points * C * K }
}

extension WinogradConvolution: ConvolutionKernel {
  /// Larger tiles first: at equal cost the smaller tile, which rounds less, is taken.
  public static func variants(
    for shape: ConvolutionShape, inputStored: Int, images: Int
  ) -> [any ConvolutionKernel] {
    guard shape.stride == 1, inputStored % 16 == 0 else { return [] }
    return WinogradAlgorithm.allCases.filter { $0.R == shape.R }.map { algorithm in
      WinogradConvolution(
        algorithm, channels: shape.C, outChannels: shape.K, height: shape.OH, width: shape.OW, padding: shape.padding,
        images: images)
    }
  }

  public var name: String { "Winograd \(algorithm.rawValue)" }

  /// The products, and the transforms of inputs and outputs.
  public var cost: Double {
    Double(multiplyAdds) + KernelCost.transform * Double(tiles * points * (C + K))
  }

  public var outStored: Int { K }
  public var weightFloats: Int { algorithm.R * algorithm.R * C * K }
  /// The row of a packed weight matrix that belongs to a channel and a place of the window.
  public func weightRow(channel: Int, y: Int, x: Int) -> Int { (y * algorithm.R + x) * C + channel }
  public var fusesPooling: Bool { true }
  public var masksGradient: Bool { true }
  public var tilesPerImage: Int? { tiles }
  public var packedFloats: Int { kernelFloats }
  public var packedTransposedFloats: Int { kernelFloats }
  public var transposedFloats: Int { weightFloats }
  public var kernelGradientFloats: Int { kernelFloats }

  /// One a tap.
  public var transpositionTasks: Int { algorithm.R * algorithm.R }

  /// Packs a part of the transposed weights, for the input gradient.
  public func transpose(_ task: Int, _ memory: KernelMemory) {
    let offset = task * C * K
    Kernels.transpose(memory.weight + offset, rows: C, columns: K, memory.transposedWeight + offset)
  }

  /// One for sixteen rows of the transformed kernel, then of its transpose.
  public func packingTasks(transposed: Bool) -> Int { C / 16 + (transposed ? K / 16 : 0) }

  /// Packs a part of the weights for the passes that follow.
  public func pack(_ task: Int, _ memory: KernelMemory) {
    if task < C / 16 {
      winogradKernel(
        memory.weight, algorithm, channels: C, outChannels: K, range: 16 * task..<16 * task + 16, memory.packed)
    } else if let packedTransposed = memory.packedTransposed {
      let first = 16 * (task - C / 16)
      winogradKernel(
        memory.transposedWeight, algorithm, channels: K, outChannels: C, range: first..<first + 16, packedTransposed)
    }
  }

  /// The outputs of a piece of the batch.
  public func forward(_ pass: ForwardPass) {
    winogradForward(
      self, images: pass.images, input: pass.input, kernel: pass.packed, bias: pass.bias, pass.epilogue,
      output: pass.output, poolIndices: pass.poolIndices, scratch: pass.scratch)
  }

  /// The gradients of a piece of the batch.
  public func backward(_ pass: BackwardPass) {
    winogradBackward(
      self, images: pass.images, input: pass.input, pass.source, pass.epilogue,
      transposedKernel: pass.packedTransposed, kernelGradient: pass.kernelGradient, biasGradient: pass.biasGradient,
      first: pass.isFirst, inputGradient: pass.inputGradient, scratch: pass.scratch)
  }

  /// Brings the weight gradient from the kernel's layout into the layer's.
  public func finishWeightGradient(
    _ kernelGradient: UnsafePointer<Float>, _ weightGradient: UnsafeMutablePointer<Float>
  ) { winogradKernelGradient(kernelGradient, self, weightGradient) }
}

/// What a convolution's output still goes through: bias always, then this.
public enum Epilogue: Sendable, Hashable {
  case none
  case relu
  /// ReLU, then the largest of each 2×2.
  case reluMaxPool
}

/// Several images in memory, channels innermost: where the first begins, and how far it is from row to row and from
/// image to image, in floats.
public struct PlaneStack: @unchecked Sendable {
  public var base: UnsafeMutablePointer<Float>
  public var row: Int
  public var image: Int

  public init(_ base: UnsafeMutablePointer<Float>, row: Int, image: Int) {
    self.base = base
    self.row = row
    self.image = image
  }

  public subscript(_ index: Int) -> Plane { Plane(base + index * image, row: row) }
}

/// The poolIndices of the maxima of several images.
public struct PoolIndexStack: @unchecked Sendable {
  public var base: UnsafeMutablePointer<UInt8>
  public var image: Int

  public init(_ base: UnsafeMutablePointer<UInt8>, image: Int) {
    self.base = base
    self.image = image
  }

  public subscript(_ index: Int) -> UnsafeMutablePointer<UInt8> { base + index * image }

  /// The place that is for "nothing went through ReLU here".
  static let closed: UInt8 = 255
}

extension WinogradConvolution {
  /// Calls `body(image, first tile, tiles, place in the block)` for the pieces of images that tiles `first ..< first +
  /// count` of a group of images fall into.
  @inline(__always)
  func forEachPiece(first: Int, count: Int, _ body: (Int, Int, Int, Int) -> Void) {
    var done = 0
    while done < count {
      let (image, tile) = (first + done).quotientAndRemainder(dividingBy: tiles)
      let piece = min(count - done, tiles - tile)
      body(image, tile, piece, done)
      done += piece
    }
  }
}
