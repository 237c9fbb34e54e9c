/// Any other convolution, as matrix products over the image where it is: with the channels innermost, the inputs of
/// a kernel row are one run of floats, so nothing is unrolled.
///
/// Legend: S stored input channels, K stored output channels, H×W output, R the kernel's side. The input is in its
/// border of zeros; weight is `[R, R·S rounded up to 8, K]`, what is in its rounding rows is
/// never read.
public struct ImplicitConvolution: Sendable, Hashable {
  public let S: Int
  public let K: Int
  public let H: Int
  public let W: Int
  public let R: Int
  public let stride: Int

  public init(inputStored: Int, outChannels: Int, height: Int, width: Int, kernelSize: Int, stride: Int) {
    S = inputStored
    K = storedChannels(outChannels)
    H = height
    W = width
    R = kernelSize
    self.stride = stride
  }

  /// The floats of one row of the kernel's window.
  public var run: Int { R * S }
  /// The same in the stored weight.
  public var storedRun: Int { (run + 7) & ~7 }
  /// The columns of an output row, rounded up to ``tileRows``.
  public var storedWidth: Int { (W + tileRows - 1) / tileRows * tileRows }
  public var weightFloats: Int { R * storedRun * K }
  /// The floats of a packed kernel row's transpose: `[K, R·S rounded up to 16]`.
  public var transposedRun: Int { storedChannels(run) }
  /// The packed kernel, then its transpose for the backward pass.
  public var packedFloats: Int { R * run * K }
  public var packedTransposedFloats: Int { R * K * transposedRun }
  /// The floats of scratch for one row.
  public var scratchFloats: Int { storedWidth * max(K, transposedRun) }
  /// How many floats behind the input's last a product may read.
  public var overreach: Int { storedWidth * stride * S + storedRun }
}

extension ImplicitConvolution: ConvolutionKernel {
  /// Products over images where they are in memory are a little slower than packed ones.
  private static let slowdown = 1.15

  /// The ways in which a layer can run on this kernel, with their costs.
  public static func variants(
    for shape: ConvolutionShape, inputStored: Int, images: Int
  ) -> [any ConvolutionKernel] {
    [
      ImplicitConvolution(
        inputStored: inputStored, outChannels: shape.K, height: shape.OH, width: shape.OW, kernelSize: shape.R,
        stride: shape.stride)
    ]
  }

  public var name: String { R == 1 ? "GEMM" : "implicit GEMM" }
  public var multiplyAdds: Int { H * storedWidth * R * run * K }
  public var cost: Double { Double(multiplyAdds) * Self.slowdown }
  public var outStored: Int { K }
  /// The row of a packed weight matrix that belongs to a channel and a place of the window.
  public func weightRow(channel: Int, y: Int, x: Int) -> Int { y * storedRun + x * S + channel }
  public var fusesPooling: Bool { false }
  public var masksGradient: Bool { false }
  /// Tasks that packing the weights is split into.
  public func packingTasks(transposed: Bool) -> Int { 1 }

  /// Packs a part of the weights for the passes that follow.
  public func pack(_ task: Int, _ memory: KernelMemory) {
    packImplicitKernel(memory.weight, self, memory.packed, transposed: memory.packedTransposed)
  }

  /// The outputs of a piece of the batch.
  public func forward(_ pass: ForwardPass) {
    for image in 0..<pass.images {
      implicitForward(
        self, input: pass.input[image], packed: pass.packed, bias: pass.bias, relu: pass.epilogue == .relu,
        output: pass.output[image], scratch: pass.scratch)
    }
  }

  /// The gradients of a piece of the batch.
  public func backward(_ pass: BackwardPass) {
    for image in 0..<pass.images {
      var gradient = pass.source.gradient[image]
      if pass.epilogue == .relu {
        let map = pass.map[image]
        reluBackwardChannelsLast(
          height: H, width: W, channels: K, output: pass.source.output[image], gradient: gradient, map)
        gradient = map
      }
      implicitBackward(
        self, input: pass.input[image], gradient: gradient, transposed: pass.packedTransposed,
        weightGradient: pass.weightGradient, biasGradient: pass.biasGradient, inputGradient: pass.inputGradient?[image],
        scratch: pass.scratch)
    }
  }
}

/// Packs the weight for `implicitForward`, and its transpose for the backward pass if there is one.
public func packImplicitKernel(
  _ weight: UnsafePointer<Float>, _ shape: ImplicitConvolution, _ packed: UnsafeMutablePointer<Float>,
  transposed: UnsafeMutablePointer<Float>?
) {
  let depth = shape.R * shape.run
  for y in 0..<shape.R {
    for x in 0..<shape.run {
      let row = weight + (y * shape.storedRun + x) * shape.K
      for k in stride(from: 0, to: shape.K, by: 16) {
        store(load(row + k), packed + panelOffset(row: y * shape.run + x, column: k, depth: depth, columns: shape.K))
      }
      guard let transposed else { continue }
      let target = transposed + y * shape.K * shape.transposedRun
      let column = x & ~15
      for k in 0..<shape.K {
        target[panelOffset(row: k, column: column, depth: shape.K, columns: shape.transposedRun) + x - column] = row[k]
      }
    }
  }
}

/// One image's convolution, with bias, and ReLU if asked for: output is the interior of `[H, W, K]`.
public func implicitForward(
  _ shape: ImplicitConvolution, input: Plane, packed: UnsafePointer<Float>, bias: UnsafePointer<Float>, relu: Bool,
  output: Plane, scratch: UnsafeMutablePointer<Float>
) {
  let K = shape.K
  for y in 0..<shape.H {
    multiplyRows(
      m: shape.storedWidth, n: K, segments: shape.R, depth: shape.run, input.base + y * shape.stride * input.row,
      aRow: shape.stride * shape.S, aSegment: input.row, packed: packed, scratch, ldc: K, accumulate: false)
    let line = output.base + y * output.row
    for k in stride(from: 0, to: K, by: 16) {
      let offset = load(bias + k)
      for x in 0..<shape.W {
        let value = load(scratch + x * K + k) + offset
        store(relu ? rectified(value) : value, line + x * K + k)
      }
    }
  }
}

/// Adds one image's share to the gradients of weight and bias, and to the padded input gradient if there is one.
///
/// gradient: the interior of `[H, W, K]`, the mask of ReLU applied; eight columns behind the last are readable.
public func implicitBackward(
  _ shape: ImplicitConvolution, input: Plane, gradient: Plane, transposed: UnsafePointer<Float>?,
  weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>, inputGradient: Plane?,
  scratch: UnsafeMutablePointer<Float>
) {
  let (K, step) = (shape.K, shape.stride * shape.S)
  for y in 0..<shape.H {
    addRows(gradient.base + y * gradient.row, row: K, count: shape.W, channels: K, to: biasGradient)
  }
  for y in 0..<shape.R {
    multiplyColumns(
      m: shape.run, n: K, segments: shape.H, depth: shape.W, input.base + y * input.row, aStep: step,
      aSegment: shape.stride * input.row, gradient.base, bStep: K, bSegment: gradient.row,
      weightGradient + y * shape.storedRun * K, ldc: K, accumulate: true)
  }
  guard let inputGradient, let transposed else { return }
  for row in 0..<shape.H {
    for y in 0..<shape.R {
      multiplyRows(
        m: shape.storedWidth, n: shape.transposedRun, depth: K, gradient.base + row * gradient.row, aRow: K,
        packed: transposed + y * K * shape.transposedRun, scratch, ldc: shape.transposedRun, accumulate: false)
      let line = inputGradient.base + (row * shape.stride + y) * inputGradient.row
      for column in 0..<shape.W {
        add(scratch + column * shape.transposedRun, to: line + column * step, count: shape.run)
      }
    }
  }
}
