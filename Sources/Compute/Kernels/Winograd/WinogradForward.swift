/// The convolution of `images` images, with bias and `epilogue`.
///
/// input: the padded corner of `[paddedHeight, paddedWidth, C]`; kernel: `winogradKernel`'s; output: the interior of
/// `[H, W, K]`, or of `[H/2, W/2, K]` with pooling, then poolIndices `[H/2, W/2, K]` too unless nil; scratch
/// ``WinogradConvolution/scratchFloats``.
public func winogradForward(
  _ shape: WinogradConvolution, images: Int, input: PlaneStack, kernel: UnsafePointer<Float>,
  bias: UnsafePointer<Float>,
  _ epilogue: Epilogue, output: PlaneStack, poolIndices: PoolIndexStack?, scratch: UnsafeMutablePointer<Float>
) {
  switch shape.algorithm {
  case .f4x3: forward(F4x3.self, shape, images, input, kernel, bias, epilogue, output, poolIndices, scratch)
  case .f2x3: forward(F2x3.self, shape, images, input, kernel, bias, epilogue, output, poolIndices, scratch)
  case .f2x5: forward(F2x5.self, shape, images, input, kernel, bias, epilogue, output, poolIndices, scratch)
  }
}

@inline(__always)
private func forward<T: WinogradTransform>(
  _: T.Type, _ shape: WinogradConvolution, _ images: Int, _ input: PlaneStack, _ kernel: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>, _ epilogue: Epilogue, _ output: PlaneStack, _ poolIndices: PoolIndexStack?,
  _ scratch: UnsafeMutablePointer<Float>
) {
  let total = images * shape.tiles
  let inputPoints = scratch
  let outputPoints = scratch + shape.points * shape.inputPlane
  for first in stride(from: 0, to: total, by: shape.blockTiles) {
    let count = min(shape.blockTiles, total - first)
    shape.forEachPiece(first: first, count: count) { image, tile, piece, done in
      transformInput(T.self, shape, input[image], tile, piece, inputPoints + done * shape.inputRow)
    }
    for point in 0..<shape.points {
      multiplyRows(
        m: count, n: shape.K, depth: shape.C, inputPoints + point * shape.inputPlane, aRow: shape.inputRow,
        packed: kernel + point * shape.C * shape.K, outputPoints + point * shape.outputPlane, ldc: shape.outputRow,
        accumulate: false)
    }
    shape.forEachPiece(first: first, count: count) { image, tile, piece, done in
      transformOutput(
        T.self, shape, outputPoints + done * shape.outputRow, bias, epilogue, tile, piece, output[image],
        poolIndices.map { $0.base + image * $0.image })
    }
  }
}

/// Tiles `first ..< first + count` of one padded image to their points.
@inline(__always)
func transformInput<T: WinogradTransform>(
  _: T.Type, _ shape: WinogradConvolution, _ input: Plane, _ first: Int, _ count: Int,
  _ points: UnsafeMutablePointer<Float>
) {
  let (C, P, plane) = (shape.C, T.points, shape.inputPlane)
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: P * P) { memory in
    let half = UnsafeMutableRawPointer(memory.baseAddress!).assumingMemoryBound(to: Float.self)
    var (down, across) = first.quotientAndRemainder(dividingBy: shape.tilesAcross)
    var target = points
    for _ in 0..<count {
      let corner = input.base + down * T.outputs * input.row + across * T.outputs * C
      for c in stride(from: 0, to: C, by: 16) {
        for x in 0..<P { T.input(corner + x * C + c, input.row, half + x * 16, P * 16) }
        for y in 0..<P { T.input(half + y * P * 16, 16, target + y * P * plane + c, plane) }
      }
      target += shape.inputRow
      across += 1
      if across == shape.tilesAcross { (down, across) = (down + 1, 0) }
    }
  }
}

/// Points of tiles `first ..< first + count` to outputs of one image, through bias and epilogue.
@inline(__always)
private func transformOutput<T: WinogradTransform>(
  _: T.Type, _ shape: WinogradConvolution, _ points: UnsafePointer<Float>, _ bias: UnsafePointer<Float>,
  _ epilogue: Epilogue, _ first: Int, _ count: Int, _ output: Plane, _ poolIndices: UnsafeMutablePointer<UInt8>?
) {
  let (K, P, m, plane) = (shape.K, T.points, T.outputs, shape.outputPlane)
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: m * P + m * m) { memory in
    let half = UnsafeMutableRawPointer(memory.baseAddress!).assumingMemoryBound(to: Float.self)
    let result = half + m * P * 16
    var (down, across) = first.quotientAndRemainder(dividingBy: shape.tilesAcross)
    var source = points
    for _ in 0..<count {
      let (top, left) = (down * m, across * m)
      for k in stride(from: 0, to: K, by: 16) {
        for x in 0..<P { T.output(source + x * plane + k, P * plane, half + x * 16, P * 16) }
        for y in 0..<m { T.output(half + y * P * 16, 16, result + y * m * 16, 16) }
        let offset = load(bias + k)
        if epilogue == .reluMaxPool {
          let (rows, columns) = (min(m, shape.H - top) / 2, min(m, shape.W - left) / 2)
          for y in 0..<rows {
            for x in 0..<columns {
              let window = result + (2 * y * m + 2 * x) * 16
              var largest = Largest(load(window))
              largest.meet(load(window + 16), 1)
              largest.meet(load(window + m * 16), 2)
              largest.meet(load(window + (m + 1) * 16), 3)
              largest.value += offset
              let (row, column) = (top / 2 + y, left / 2 + x)
              store(rectified(largest.value), output.base + row * output.row + column * K + k)
              guard let poolIndices else { continue }
              largest.close()
              storeIndices(largest.place, poolIndices + (row * (shape.W / 2) + column) * K + k)
            }
          }
        } else {
          let (rows, columns) = (min(m, shape.H - top), min(m, shape.W - left))
          for y in 0..<rows {
            let line = output.base + (top + y) * output.row + left * K + k
            for x in 0..<columns {
              let value = load(result + (y * m + x) * 16) + offset
              store(epilogue == .relu ? rectified(value) : value, line + x * K)
            }
          }
        }
      }
      source += shape.outputRow
      across += 1
      if across == shape.tilesAcross { (down, across) = (down + 1, 0) }
    }
  }
}

/// The largest so far of a window, and where it was.
struct Largest {
  var value: Lanes
  var place = IndexLanes.zero

  @inline(__always)
  init(_ first: Lanes) { value = first }

  /// Takes `other`, which is at `index`, where it is larger than all before, or a NaN.
  @inline(__always)
  mutating func meet(_ other: Lanes, _ index: Int32) {
    let larger = (other .> value) .| (other .!= other)
    value.replace(with: other, where: larger)
    place.replace(with: IndexLanes(repeating: index), where: larger)
  }

  /// ``PoolIndexStack/closed`` where nothing goes through ReLU.
  @inline(__always)
  mutating func close() {
    place.replace(with: IndexLanes(repeating: Int32(PoolIndexStack.closed)), where: .!(value .> Lanes.zero))
  }
}

@inline(__always)
func storeIndices(_ poolIndices: IndexLanes, _ target: UnsafeMutablePointer<UInt8>) {
  UnsafeMutableRawPointer(target).storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: poolIndices), as: SIMD16<UInt8>.self)
}

@inline(__always)
func loadIndices(_ source: UnsafePointer<UInt8>) -> IndexLanes {
  IndexLanes(truncatingIfNeeded: UnsafeRawPointer(source).loadUnaligned(as: SIMD16<UInt8>.self))
}
