/// The gradient with respect to a convolution's output before its epilogue, tile by tile.
public struct OutputGradient: @unchecked Sendable {
  /// The gradient with respect to what came out of the epilogue.
  public var gradient: Plane
  /// What came out of the epilogue: nothing went through ReLU where it is zero.
  public var output: Plane
  /// With pooling: which of the four was the largest.
  public var places: UnsafePointer<UInt8>?

  public init(gradient: Plane, output: Plane, places: UnsafePointer<UInt8>?) {
    self.gradient = gradient
    self.output = output
    self.places = places
  }
}

/// Transforms the output gradients of tiles `range`: `points[ξ, first + t, K]`.
public func winogradOutputGradient(
  _ source: OutputGradient, _ epilogue: WinogradEpilogue, _ shape: WinogradShape, tiles range: Range<Int>,
  _ points: UnsafeMutablePointer<Float>, first: Int, stride: Int
) {
  if shape.m == 4 {
    gradient4(source, epilogue, shape, range, points, first, stride)
  } else {
    gradient2(source, epilogue, shape, range, points, first, stride)
  }
}

private func gradient4(
  _ source: OutputGradient, _ epilogue: WinogradEpilogue, _ shape: WinogradShape, _ range: Range<Int>,
  _ points: UnsafeMutablePointer<Float>, _ first: Int, _ stride: Int
) {
  let K = shape.K
  let step = stride * K
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 40) { memory in
    let tileGradient = memory.baseAddress!
    let half = tileGradient + 16
    for tile in range {
      let (top, left) = (tile / shape.tilesAcross * 4, tile % shape.tilesAcross * 4)
      let target = points + (first + tile - range.lowerBound) * K
      var k = 0
      while k < K {
        readGradient(source, epilogue, shape, 4, top, left, k, tileGradient)
        for x in 0..<4 {
          let column = Points.outputGradient4(
            tileGradient[x], tileGradient[4 + x], tileGradient[8 + x], tileGradient[12 + x])
          half[x] = column.0
          half[4 + x] = column.1
          half[8 + x] = column.2
          half[12 + x] = column.3
          half[16 + x] = column.4
          half[20 + x] = column.5
        }
        for y in 0..<6 {
          let line = half + 4 * y
          let row = Points.outputGradient4(line[0], line[1], line[2], line[3])
          let place = target + 6 * y * step + k
          store(row.0, place)
          store(row.1, place + step)
          store(row.2, place + 2 * step)
          store(row.3, place + 3 * step)
          store(row.4, place + 4 * step)
          store(row.5, place + 5 * step)
        }
        k += 16
      }
    }
  }
}

private func gradient2(
  _ source: OutputGradient, _ epilogue: WinogradEpilogue, _ shape: WinogradShape, _ range: Range<Int>,
  _ points: UnsafeMutablePointer<Float>, _ first: Int, _ stride: Int
) {
  let K = shape.K
  let step = stride * K
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 16) { memory in
    let tileGradient = memory.baseAddress!
    let half = tileGradient + 4
    for tile in range {
      let (top, left) = (tile / shape.tilesAcross * 2, tile % shape.tilesAcross * 2)
      let target = points + (first + tile - range.lowerBound) * K
      var k = 0
      while k < K {
        readGradient(source, epilogue, shape, 2, top, left, k, tileGradient)
        for x in 0..<2 {
          let column = Points.outputGradient2(tileGradient[x], tileGradient[2 + x])
          half[x] = column.0
          half[2 + x] = column.1
          half[4 + x] = column.2
          half[6 + x] = column.3
          half[8 + x] = column.4
          half[10 + x] = column.5
        }
        for y in 0..<6 {
          let row = Points.outputGradient2(half[2 * y], half[2 * y + 1])
          let place = target + 6 * y * step + k
          store(row.0, place)
          store(row.1, place + step)
          store(row.2, place + 2 * step)
          store(row.3, place + 3 * step)
          store(row.4, place + 4 * step)
          store(row.5, place + 5 * step)
        }
        k += 16
      }
    }
  }
}

/// A tile's m×m gradients behind ReLU's mask and unpooled; zero where the tile reaches over the edge.
@inline(__always)
private func readGradient(
  _ source: OutputGradient, _ epilogue: WinogradEpilogue, _ shape: WinogradShape, _ m: Int, _ top: Int, _ left: Int,
  _ k: Int, _ result: UnsafeMutablePointer<Lanes>
) {
  let zero = Lanes.zero
  let K = shape.K
  if epilogue == .reluMaxPool {
    let (OH, OW) = (shape.H / 2, shape.W / 2)
    let places = source.places!
    for y in 0..<m / 2 {
      for x in 0..<m / 2 {
        let (row, column) = (top / 2 + y, left / 2 + x)
        let corner = result + 2 * y * m + 2 * x
        guard row < OH, column < OW else {
          corner[0] = zero
          corner[1] = zero
          corner[m] = zero
          corner[m + 1] = zero
          continue
        }
        let output = load(source.output.base + row * source.output.row + column * K + k)
        let value = load(source.gradient.base + row * source.gradient.row + column * K + k)
        let open = zero.replacing(with: value, where: output .> zero)
        let bytes = UnsafeRawPointer(places + (row * OW + column) * K + k).loadUnaligned(as: SIMD16<UInt8>.self)
        let place = SIMD16<Int32>(truncatingIfNeeded: bytes)
        corner[0] = zero.replacing(with: open, where: place .== SIMD16<Int32>(repeating: 0))
        corner[1] = zero.replacing(with: open, where: place .== SIMD16<Int32>(repeating: 1))
        corner[m] = zero.replacing(with: open, where: place .== SIMD16<Int32>(repeating: 2))
        corner[m + 1] = zero.replacing(with: open, where: place .== SIMD16<Int32>(repeating: 3))
      }
    }
    return
  }
  for y in 0..<m {
    for x in 0..<m {
      let (row, column) = (top + y, left + x)
      guard row < shape.H, column < shape.W else {
        result[m * y + x] = zero
        continue
      }
      let value = load(source.gradient.base + row * source.gradient.row + column * K + k)
      if epilogue == .relu {
        let output = load(source.output.base + row * source.output.row + column * K + k)
        result[m * y + x] = zero.replacing(with: value, where: output .> zero)
      } else {
        result[m * y + x] = value
      }
    }
  }
}

/// Adds the input gradients of tiles `range` to the padded `[paddedHeight, paddedWidth, C]`; tiles overlap.
public func winogradInputGradient(
  _ points: UnsafePointer<Float>, first: Int, stride: Int, _ shape: WinogradShape, tiles range: Range<Int>,
  _ gradient: Plane
) {
  let C = shape.C
  let step = stride * C
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 36) { half in
    let half = half.baseAddress!
    for tile in range {
      let corner =
        gradient.base + tile / shape.tilesAcross * shape.m * gradient.row + tile % shape.tilesAcross * shape.m * C
      let source = points + (first + tile - range.lowerBound) * C
      var c = 0
      while c < C {
        for x in 0..<6 {
          let place = source + x * step + c
          let column = Points.inputGradient(
            load(place), load(place + 6 * step), load(place + 12 * step), load(place + 18 * step),
            load(place + 24 * step), load(place + 30 * step))
          half[x] = column.0
          half[6 + x] = column.1
          half[12 + x] = column.2
          half[18 + x] = column.3
          half[24 + x] = column.4
          half[30 + x] = column.5
        }
        for y in 0..<6 {
          let line = half + 6 * y
          let row = Points.inputGradient(line[0], line[1], line[2], line[3], line[4], line[5])
          let place = corner + y * gradient.row + c
          store(load(place) + row.0, place)
          store(load(place + C) + row.1, place + C)
          store(load(place + 2 * C) + row.2, place + 2 * C)
          store(load(place + 3 * C) + row.3, place + 3 * C)
          store(load(place + 4 * C) + row.4, place + 4 * C)
          store(load(place + 5 * C) + row.5, place + 5 * C)
        }
        c += 16
      }
    }
  }
}
