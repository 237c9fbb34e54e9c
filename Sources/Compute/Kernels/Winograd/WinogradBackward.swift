/// The gradient with respect to what came out of a convolution's epilogue, and what is needed to take it back through that.
public struct OutputGradient: @unchecked Sendable {
  /// The interior of `[H, W, K]`, or of `[H/2, W/2, K]` with pooling.
  public var gradient: PlaneStack
  /// What came out of ReLU; nothing went through where it is not positive. Looked at only without pooling.
  public var output: PlaneStack
  /// With pooling: which of the four was the largest.
  public var poolIndices: PoolIndexStack?

  public init(gradient: PlaneStack, output: PlaneStack, poolIndices: PoolIndexStack?) {
    self.gradient = gradient
    self.output = output
    self.poolIndices = poolIndices
  }
}

/// Adds the share of `images` images to the gradients of the transformed kernel and the bias, and to the input's.
///
/// input as in `winogradForward`; kernelGradient `P²` matrices `[C, K]`, overwritten if `first`; biasGradient `[K]`;
/// transposedKernel `winogradKernel`'s of the transposed weight, and inputGradient the padded corner of
/// `[paddedHeight, paddedWidth, C]`, which is added to: both nil where no input gradient is wanted.
public func winogradBackward(
  _ shape: WinogradConvolution, images: Int, input: PlaneStack, _ source: OutputGradient, _ epilogue: Epilogue,
  transposedKernel: UnsafePointer<Float>?, kernelGradient: UnsafeMutablePointer<Float>,
  biasGradient: UnsafeMutablePointer<Float>, first: Bool, inputGradient: PlaneStack?,
  scratch: UnsafeMutablePointer<Float>
) {
  switch shape.algorithm {
  case .f4x3:
    backward(
      F4x3.self, shape, images, input, source, epilogue, transposedKernel, kernelGradient, biasGradient, first,
      inputGradient, scratch)
  case .f2x3:
    backward(
      F2x3.self, shape, images, input, source, epilogue, transposedKernel, kernelGradient, biasGradient, first,
      inputGradient, scratch)
  case .f2x5:
    backward(
      F2x5.self, shape, images, input, source, epilogue, transposedKernel, kernelGradient, biasGradient, first,
      inputGradient, scratch)
  }
}

@inline(__always)
private func backward<T: WinogradTransform>(
  _: T.Type, _ shape: WinogradConvolution, _ images: Int, _ input: PlaneStack, _ source: OutputGradient,
  _ epilogue: Epilogue, _ transposedKernel: UnsafePointer<Float>?, _ kernelGradient: UnsafeMutablePointer<Float>,
  _ biasGradient: UnsafeMutablePointer<Float>, _ first: Bool, _ inputGradient: PlaneStack?,
  _ scratch: UnsafeMutablePointer<Float>
) {
  let (C, K) = (shape.C, shape.K)
  let total = images * shape.tiles
  let inputPoints = scratch
  let gradientPoints = scratch + shape.points * shape.inputPlane
  for start in stride(from: 0, to: total, by: shape.blockTiles) {
    let count = min(shape.blockTiles, total - start)
    shape.forEachPiece(first: start, count: count) { image, tile, piece, done in
      transformGradient(
        T.self, shape, source, image, epilogue, tile, piece, gradientPoints + done * shape.outputRow)
      transformInput(T.self, shape, input[image], tile, piece, inputPoints + done * shape.inputRow)
    }
    // The value at the points (1, 1) is the sum over the tile.
    addRows(
      gradientPoints + (T.points + 1) * shape.outputPlane, row: shape.outputRow, count: count, channels: K,
      to: biasGradient)
    for point in 0..<shape.points {
      let (gradients, inputs) = (gradientPoints + point * shape.outputPlane, inputPoints + point * shape.inputPlane)
      multiplyColumns(
        m: C, n: K, depth: count, inputs, aStep: shape.inputRow, gradients, bStep: shape.outputRow,
        kernelGradient + point * C * K, ldc: K, accumulate: !first || start > 0)
      if let transposedKernel {
        multiplyRows(
          m: count, n: C, depth: K, gradients, aRow: shape.outputRow, packed: transposedKernel + point * C * K,
          inputs, ldc: shape.inputRow, accumulate: false)
      }
    }
    if let inputGradient {
      shape.forEachPiece(first: start, count: count) { image, tile, piece, done in
        transformInputGradient(
          T.self, shape, inputPoints + done * shape.inputRow, tile, piece, inputGradient[image])
      }
    }
  }
}

/// `sums[k] += Σ rows[i, k]`.
@inline(__always)
func addRows(
  _ rows: UnsafePointer<Float>, row: Int, count: Int, channels: Int, to sums: UnsafeMutablePointer<Float>
) {
  for k in stride(from: 0, to: channels, by: 16) {
    var sum = load(sums + k)
    for index in 0..<count { sum += load(rows + index * row + k) }
    store(sum, sums + k)
  }
}

/// Output gradients of tiles `first ..< first + count` of image `image`, behind ReLU's mask and unpooled, to their points.
@inline(__always)
private func transformGradient<T: WinogradTransform>(
  _: T.Type, _ shape: WinogradConvolution, _ source: OutputGradient, _ image: Int, _ epilogue: Epilogue, _ first: Int,
  _ count: Int, _ points: UnsafeMutablePointer<Float>
) {
  let (K, P, m, plane) = (shape.K, T.points, T.outputs, shape.outputPlane)
  let gradient = source.gradient[image]
  let output = source.output[image]
  let poolIndices = source.poolIndices.map { $0.base + image * $0.image }
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: m * m + P * m) { memory in
    let tile = UnsafeMutableRawPointer(memory.baseAddress!).assumingMemoryBound(to: Float.self)
    let half = tile + m * m * 16
    var (down, across) = first.quotientAndRemainder(dividingBy: shape.tilesAcross)
    var target = points
    for _ in 0..<count {
      let (top, left) = (down * m, across * m)
      let whole = top + m <= shape.H && left + m <= shape.W
      for k in stride(from: 0, to: K, by: 16) {
        if !whole { for index in 0..<m * m { store(.zero, tile + index * 16) } }
        if epilogue == .reluMaxPool {
          let (rows, columns) = (min(m, shape.H - top) / 2, min(m, shape.W - left) / 2)
          for y in 0..<rows {
            for x in 0..<columns {
              let (row, column) = (top / 2 + y, left / 2 + x)
              let value = load(gradient.base + row * gradient.row + column * K + k)
              let place = loadIndices(poolIndices! + (row * (shape.W / 2) + column) * K + k)
              let window = tile + (2 * y * m + 2 * x) * 16
              store(chosen(value, place, 0), window)
              store(chosen(value, place, 1), window + 16)
              store(chosen(value, place, 2), window + m * 16)
              store(chosen(value, place, 3), window + (m + 1) * 16)
            }
          }
        } else {
          let (rows, columns) = (min(m, shape.H - top), min(m, shape.W - left))
          for y in 0..<rows {
            let line = gradient.base + (top + y) * gradient.row + left * K + k
            let open = output.base + (top + y) * output.row + left * K + k
            for x in 0..<columns {
              let value = load(line + x * K)
              store(epilogue == .relu ? masked(value, by: load(open + x * K)) : value, tile + (y * m + x) * 16)
            }
          }
        }
        for x in 0..<m { T.outputGradient(tile + x * 16, m * 16, half + x * 16, m * 16) }
        for y in 0..<P { T.outputGradient(half + y * m * 16, 16, target + y * P * plane + k, plane) }
      }
      target += shape.outputRow
      across += 1
      if across == shape.tilesAcross { (down, across) = (down + 1, 0) }
    }
  }
}

/// `value` where the largest was at `index`, elsewhere zero.
@inline(__always)
func chosen(_ value: Lanes, _ place: IndexLanes, _ index: Int32) -> Lanes {
  Lanes.zero.replacing(with: value, where: place .== IndexLanes(repeating: index))
}

/// Adds the input gradients of tiles `first ..< first + count` to one padded image; tiles overlap.
@inline(__always)
private func transformInputGradient<T: WinogradTransform>(
  _: T.Type, _ shape: WinogradConvolution, _ points: UnsafePointer<Float>, _ first: Int, _ count: Int, _ gradient: Plane
) {
  let (C, P, plane) = (shape.C, T.points, shape.inputPlane)
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: P * P + P) { memory in
    let half = UnsafeMutableRawPointer(memory.baseAddress!).assumingMemoryBound(to: Float.self)
    let line = half + P * P * 16
    var (down, across) = first.quotientAndRemainder(dividingBy: shape.tilesAcross)
    var source = points
    for _ in 0..<count {
      let corner = gradient.base + down * T.outputs * gradient.row + across * T.outputs * C
      for c in stride(from: 0, to: C, by: 16) {
        for x in 0..<P { T.inputGradient(source + x * plane + c, P * plane, half + x * 16, P * 16) }
        for y in 0..<P {
          T.inputGradient(half + y * P * 16, 16, line, 16)
          let place = corner + y * gradient.row + c
          for x in 0..<P { store(load(place + x * C) + load(line + x * 16), place + x * C) }
        }
      }
      source += shape.inputRow
      across += 1
      if across == shape.tilesAcross { (down, across) = (down + 1, 0) }
    }
  }
}
