/// The first convolution of a VGG: 3×3, stride 1, one input channel; too little work for a transform.
///
/// Legend: H×W output, K stored output channels. The input is a padded image of one channel; weight is `[9, K]`.
public struct DirectConvolution: Sendable, Hashable {
  public let H: Int
  public let W: Int
  public let K: Int

  public init(height: Int, width: Int, outChannels: Int) {
    H = height
    W = width
    K = storedChannels(outChannels)
  }
}

extension DirectConvolution: ConvolutionKernel {
  /// The ways in which a layer can run on this kernel, with their costs.
  public static func variants(
    for shape: ConvolutionShape, inputStored: Int, images: Int
  ) -> [any ConvolutionKernel] {
    guard shape.C == 1, inputStored == 1, shape.R == 3, shape.stride == 1 else { return [] }
    return [DirectConvolution(height: shape.OH, width: shape.OW, outChannels: shape.K)]
  }

  public var name: String { "direct 3x3" }
  public var multiplyAdds: Int { 9 * H * W * K }
  public var cost: Double { Double(multiplyAdds) }
  public var outStored: Int { K }
  public var weightFloats: Int { 9 * K }
  /// The row of a packed weight matrix that belongs to a channel and a place of the window.
  public func weightRow(channel: Int, y: Int, x: Int) -> Int { 3 * y + x }
  public var fusesPooling: Bool { true }
  public var masksGradient: Bool { true }
  public var isCheapToRepeat: Bool { true }
  public var packedFloats: Int { 0 }
  public var packedTransposedFloats: Int { 0 }
  /// Tasks that packing the weights is split into.
  public func packingTasks(transposed: Bool) -> Int { 0 }
  /// Packs a part of the weights for the passes that follow.
  public func pack(_ task: Int, _ memory: KernelMemory) {}
  public var scratchFloats: Int { 0 }

  /// The outputs of a piece of the batch.
  public func forward(_ pass: ForwardPass) {
    for image in 0..<pass.images {
      directConvolutionForward(
        self, input: pass.input[image], weight: pass.weight, bias: pass.bias, pass.epilogue,
        output: pass.output[image], poolIndices: pass.poolIndices?[image])
    }
  }

  /// The input has one channel, so it is the network's: there is no gradient with respect to it.
  public func backward(_ pass: BackwardPass) {
    for image in 0..<pass.images {
      directConvolutionBackward(
        self, input: pass.input[image], pass.source, image: image, pass.epilogue,
        weightGradient: pass.weightGradient, biasGradient: pass.biasGradient)
    }
  }
}

/// The nine products and the bias at one place, with the weights of 16 channels at hand.
private struct Taps {
  let w0, w1, w2, w3, w4, w5, w6, w7, w8: Lanes
  let offset: Lanes

  @inline(__always)
  init(_ w: UnsafePointer<Float>, _ K: Int, _ bias: UnsafePointer<Float>) {
    (w0, w1, w2) = (load(w), load(w + K), load(w + 2 * K))
    (w3, w4, w5) = (load(w + 3 * K), load(w + 4 * K), load(w + 5 * K))
    (w6, w7, w8) = (load(w + 6 * K), load(w + 7 * K), load(w + 8 * K))
    offset = load(bias)
  }

  @inline(__always)
  func at(_ corner: UnsafePointer<Float>, _ row: Int) -> Lanes {
    let (upper, lower) = (corner + row, corner + 2 * row)
    var sum = offset.addingProduct(w0, Lanes(repeating: corner[0]))
    var other = w1 * corner[1]
    sum.addProduct(w2, Lanes(repeating: corner[2]))
    other.addProduct(w3, Lanes(repeating: upper[0]))
    sum.addProduct(w4, Lanes(repeating: upper[1]))
    other.addProduct(w5, Lanes(repeating: upper[2]))
    sum.addProduct(w6, Lanes(repeating: lower[0]))
    other.addProduct(w7, Lanes(repeating: lower[1]))
    sum.addProduct(w8, Lanes(repeating: lower[2]))
    return sum + other
  }
}

/// output: the interior of `[H, W, K]`, or with pooling of `[H/2, W/2, K]`, then poolIndices `[H/2, W/2, K]` too unless nil.
public func directConvolutionForward(
  _ shape: DirectConvolution, input: Plane, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
  _ epilogue: Epilogue,
  output: Plane, poolIndices: UnsafeMutablePointer<UInt8>?
) {
  let (K, row) = (shape.K, input.row)
  for k in stride(from: 0, to: K, by: 16) {
    let taps = Taps(weight + k, K, bias + k)
    if epilogue == .reluMaxPool {
      let OW = shape.W / 2
      for y in 0..<shape.H / 2 {
        let line = input.base + 2 * y * row
        for x in 0..<OW {
          let corner = line + 2 * x
          var largest = Largest(taps.at(corner, row))
          largest.meet(taps.at(corner + 1, row), 1)
          largest.meet(taps.at(corner + row, row), 2)
          largest.meet(taps.at(corner + row + 1, row), 3)
          store(rectified(largest.value), output.base + y * output.row + x * K + k)
          guard let poolIndices else { continue }
          largest.close()
          storeIndices(largest.place, poolIndices + (y * OW + x) * K + k)
        }
      }
    } else {
      for y in 0..<shape.H {
        let line = input.base + y * row
        let target = output.base + y * output.row + k
        for x in 0..<shape.W {
          let value = taps.at(line + x, row)
          store(epilogue == .relu ? rectified(value) : value, target + x * K)
        }
      }
    }
  }
}

/// The sums of a weight gradient at 16 channels.
private struct TapSums {
  var s0 = Lanes.zero
  var s1 = Lanes.zero
  var s2 = Lanes.zero
  var s3 = Lanes.zero
  var s4 = Lanes.zero
  var s5 = Lanes.zero
  var s6 = Lanes.zero
  var s7 = Lanes.zero
  var s8 = Lanes.zero
  var bias = Lanes.zero

  @inline(__always)
  mutating func add(_ value: Lanes, _ corner: UnsafePointer<Float>, _ row: Int) {
    let (upper, lower) = (corner + row, corner + 2 * row)
    bias += value
    s0.addProduct(value, Lanes(repeating: corner[0]))
    s1.addProduct(value, Lanes(repeating: corner[1]))
    s2.addProduct(value, Lanes(repeating: corner[2]))
    s3.addProduct(value, Lanes(repeating: upper[0]))
    s4.addProduct(value, Lanes(repeating: upper[1]))
    s5.addProduct(value, Lanes(repeating: upper[2]))
    s6.addProduct(value, Lanes(repeating: lower[0]))
    s7.addProduct(value, Lanes(repeating: lower[1]))
    s8.addProduct(value, Lanes(repeating: lower[2]))
  }

  @inline(__always)
  func flush(_ w: UnsafeMutablePointer<Float>, _ K: Int, bias target: UnsafeMutablePointer<Float>) {
    store(load(w) + s0, w)
    store(load(w + K) + s1, w + K)
    store(load(w + 2 * K) + s2, w + 2 * K)
    store(load(w + 3 * K) + s3, w + 3 * K)
    store(load(w + 4 * K) + s4, w + 4 * K)
    store(load(w + 5 * K) + s5, w + 5 * K)
    store(load(w + 6 * K) + s6, w + 6 * K)
    store(load(w + 7 * K) + s7, w + 7 * K)
    store(load(w + 8 * K) + s8, w + 8 * K)
    store(load(target) + bias, target)
  }
}

/// Adds one image's share to the gradients of weight `[9, K]` and bias `[K]`.
public func directConvolutionBackward(
  _ shape: DirectConvolution, input: Plane, _ source: OutputGradient, image: Int, _ epilogue: Epilogue,
  weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>
) {
  let (K, row) = (shape.K, input.row)
  let (gradient, output) = (source.gradient[image], source.output[image])
  let poolIndices = source.poolIndices.map { $0[image] }
  for k in stride(from: 0, to: K, by: 16) {
    var sums = TapSums()
    if epilogue == .reluMaxPool {
      let OW = shape.W / 2
      for y in 0..<shape.H / 2 {
        for x in 0..<OW {
          let value = load(gradient.base + y * gradient.row + x * K + k)
          let place = loadIndices(poolIndices! + (y * OW + x) * K + k)
          let corner = UnsafePointer(input.base + 2 * y * row + 2 * x)
          sums.add(chosen(value, place, 0), corner, row)
          sums.add(chosen(value, place, 1), corner + 1, row)
          sums.add(chosen(value, place, 2), corner + row, row)
          sums.add(chosen(value, place, 3), corner + row + 1, row)
        }
      }
    } else {
      for y in 0..<shape.H {
        let line = gradient.base + y * gradient.row + k
        let open = output.base + y * output.row + k
        let corner = UnsafePointer(input.base + y * row)
        for x in 0..<shape.W {
          let value = load(line + x * K)
          sums.add(epilogue == .relu ? masked(value, by: load(open + x * K)) : value, corner + x, row)
        }
      }
    }
    sums.flush(weightGradient + k, K, bias: biasGradient + k)
  }
}
