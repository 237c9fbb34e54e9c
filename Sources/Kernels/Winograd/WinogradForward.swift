/// The convolution of `images` pictures, with bias and `epilogue`.
///
/// input: the padded corner of `[paddedHeight, paddedWidth, C]`; kernel: ``winogradKernel``'s; output: the interior of
/// `[H, W, K]`, or of `[H/2, W/2, K]` with pooling, then places `[H/2, W/2, K]` too unless nil; scratch
/// ``WinogradShape/scratchFloats``.
public func winogradForward(
  _ shape: WinogradShape, images: Int, input: PlaneStack, kernel: UnsafePointer<Float>, bias: UnsafePointer<Float>,
  _ epilogue: Epilogue, output: PlaneStack, places: PlaceStack?, scratch: UnsafeMutablePointer<Float>
) {
  switch shape.algorithm {
  case .f4x3: forward(F4x3.self, shape, images, input, kernel, bias, epilogue, output, places, scratch)
  case .f2x3: forward(F2x3.self, shape, images, input, kernel, bias, epilogue, output, places, scratch)
  case .f2x5: forward(F2x5.self, shape, images, input, kernel, bias, epilogue, output, places, scratch)
  }
}

@inline(__always)
private func forward<T: WinogradTransform>(
  _: T.Type, _ shape: WinogradShape, _ images: Int, _ input: PlaneStack, _ kernel: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>, _ epilogue: Epilogue, _ output: PlaneStack, _ places: PlaceStack?,
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
        places.map { $0.base + image * $0.image })
    }
  }
}

/// Tiles `first ..< first + count` of one padded picture to their points.
@inline(__always)
func transformInput<T: WinogradTransform>(
  _: T.Type, _ shape: WinogradShape, _ input: Plane, _ first: Int, _ count: Int, _ points: UnsafeMutablePointer<Float>
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

/// Points of tiles `first ..< first + count` to outputs of one picture, through bias and epilogue.
@inline(__always)
private func transformOutput<T: WinogradTransform>(
  _: T.Type, _ shape: WinogradShape, _ points: UnsafePointer<Float>, _ bias: UnsafePointer<Float>,
  _ epilogue: Epilogue, _ first: Int, _ count: Int, _ output: Plane, _ places: UnsafeMutablePointer<UInt8>?
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
              let (value, place) = largest(
                load(window), load(window + 16), load(window + m * 16), load(window + (m + 1) * 16), offset)
              let (row, column) = (top / 2 + y, left / 2 + x)
              store(value, output.base + row * output.row + column * K + k)
              if let places { storePlaces(place, places + (row * (shape.W / 2) + column) * K + k) }
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

/// The largest of a 2×2 window behind bias and ReLU, and which it was: of equal ones the first in row-major order, of NaNs
/// one of them; ``PlaceStack/closed`` where nothing goes through ReLU.
@inline(__always)
func largest(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes, _ offset: Lanes) -> (Lanes, Places) {
  var best = a
  var place = Places.zero
  take(b, 1, &best, &place)
  take(c, 2, &best, &place)
  take(d, 3, &best, &place)
  let value = best + offset
  place = place.replacing(with: Places(repeating: Int32(PlaceStack.closed)), where: .!(value .> Lanes.zero))
  return (rectified(value), place)
}

/// `other`, which stands at `index`, where it is larger than the best so far, or a NaN.
@inline(__always)
func take(_ other: Lanes, _ index: Int32, _ best: inout Lanes, _ place: inout Places) {
  let larger = (other .> best) .| (other .!= other)
  best = best.replacing(with: other, where: larger)
  place = place.replacing(with: Places(repeating: index), where: larger)
}

@inline(__always)
func storePlaces(_ places: Places, _ target: UnsafeMutablePointer<UInt8>) {
  UnsafeMutableRawPointer(target).storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: places), as: SIMD16<UInt8>.self)
}

@inline(__always)
func loadPlaces(_ source: UnsafePointer<UInt8>) -> Places {
  Places(truncatingIfNeeded: UnsafeRawPointer(source).loadUnaligned(as: SIMD16<UInt8>.self))
}
