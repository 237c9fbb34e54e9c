/// Transforms tiles `range` of one picture: `points[ξ, first + t, C]`, `stride` tiles from one ξ to the next.
///
/// input is the padded picture `[paddedHeight, paddedWidth, C]`.
public func winogradInput(
  _ input: Plane, _ shape: WinogradShape, tiles range: Range<Int>, _ points: UnsafeMutablePointer<Float>, first: Int,
  stride: Int
) {
  let C = shape.C
  let step = stride * C
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 36) { half in
    let half = half.baseAddress!
    for tile in range {
      let corner =
        input.base + tile / shape.tilesAcross * shape.m * input.row + tile % shape.tilesAcross * shape.m * C
      let target = points + (first + tile - range.lowerBound) * C
      var c = 0
      while c < C {
        for x in 0..<6 {
          let source = corner + x * C + c
          let column = Points.input(
            load(source), load(source + input.row), load(source + 2 * input.row), load(source + 3 * input.row),
            load(source + 4 * input.row), load(source + 5 * input.row))
          half[x] = column.0
          half[6 + x] = column.1
          half[12 + x] = column.2
          half[18 + x] = column.3
          half[24 + x] = column.4
          half[30 + x] = column.5
        }
        for y in 0..<6 {
          let line = half + 6 * y
          let row = Points.input(line[0], line[1], line[2], line[3], line[4], line[5])
          let place = target + 6 * y * step + c
          store(row.0, place)
          store(row.1, place + step)
          store(row.2, place + 2 * step)
          store(row.3, place + 3 * step)
          store(row.4, place + 4 * step)
          store(row.5, place + 5 * step)
        }
        c += 16
      }
    }
  }
}

/// Takes the points of tiles `range` back to outputs, with bias, and through `epilogue`.
///
/// points `[ξ, first + t, K]`; output `[H, W, K]`, or `[H/2, W/2, K]` with pooling, then places `[H/2, W/2, K]` too.
public func winogradOutput(
  _ points: UnsafePointer<Float>, first: Int, stride: Int, _ shape: WinogradShape, tiles range: Range<Int>,
  bias: UnsafePointer<Float>, _ epilogue: WinogradEpilogue, _ output: Plane, places: UnsafeMutablePointer<UInt8>?
) {
  if shape.m == 4 {
    output4(points, first, stride, shape, range, bias, epilogue, output, places)
  } else {
    output2(points, first, stride, shape, range, bias, epilogue, output, places)
  }
}

private func output4(
  _ points: UnsafePointer<Float>, _ first: Int, _ stride: Int, _ shape: WinogradShape, _ range: Range<Int>,
  _ bias: UnsafePointer<Float>, _ epilogue: WinogradEpilogue, _ output: Plane, _ places: UnsafeMutablePointer<UInt8>?
) {
  let K = shape.K
  let step = stride * K
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 40) { memory in
    let half = memory.baseAddress!
    let result = half + 24
    for tile in range {
      let (top, left) = (tile / shape.tilesAcross * 4, tile % shape.tilesAcross * 4)
      let source = points + (first + tile - range.lowerBound) * K
      var k = 0
      while k < K {
        for x in 0..<6 {
          let place = source + x * step + k
          let column = Points.output4(
            load(place), load(place + 6 * step), load(place + 12 * step), load(place + 18 * step),
            load(place + 24 * step), load(place + 30 * step))
          half[x] = column.0
          half[6 + x] = column.1
          half[12 + x] = column.2
          half[18 + x] = column.3
        }
        let offset = load(bias + k)
        for y in 0..<4 {
          let line = half + 6 * y
          let row = Points.output4(line[0], line[1], line[2], line[3], line[4], line[5])
          result[4 * y] = row.0 + offset
          result[4 * y + 1] = row.1 + offset
          result[4 * y + 2] = row.2 + offset
          result[4 * y + 3] = row.3 + offset
        }
        if epilogue == .reluMaxPool {
          pool(result, 4, shape, top, left, k, output, places!)
        } else {
          write(result, 4, shape, top, left, k, epilogue, output)
        }
        k += 16
      }
    }
  }
}

private func output2(
  _ points: UnsafePointer<Float>, _ first: Int, _ stride: Int, _ shape: WinogradShape, _ range: Range<Int>,
  _ bias: UnsafePointer<Float>, _ epilogue: WinogradEpilogue, _ output: Plane, _ places: UnsafeMutablePointer<UInt8>?
) {
  let K = shape.K
  let step = stride * K
  withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 16) { memory in
    let half = memory.baseAddress!
    let result = half + 12
    for tile in range {
      let (top, left) = (tile / shape.tilesAcross * 2, tile % shape.tilesAcross * 2)
      let source = points + (first + tile - range.lowerBound) * K
      var k = 0
      while k < K {
        for x in 0..<6 {
          let place = source + x * step + k
          let column = Points.output2(
            load(place), load(place + 6 * step), load(place + 12 * step), load(place + 18 * step),
            load(place + 24 * step), load(place + 30 * step))
          half[x] = column.0
          half[6 + x] = column.1
        }
        let offset = load(bias + k)
        for y in 0..<2 {
          let line = half + 6 * y
          let row = Points.output2(line[0], line[1], line[2], line[3], line[4], line[5])
          result[2 * y] = row.0 + offset
          result[2 * y + 1] = row.1 + offset
        }
        if epilogue == .reluMaxPool {
          pool(result, 2, shape, top, left, k, output, places!)
        } else {
          write(result, 2, shape, top, left, k, epilogue, output)
        }
        k += 16
      }
    }
  }
}

@inline(__always)
private func write(
  _ result: UnsafePointer<Lanes>, _ m: Int, _ shape: WinogradShape, _ top: Int, _ left: Int, _ k: Int,
  _ epilogue: WinogradEpilogue, _ output: Plane
) {
  let zero = Lanes.zero
  let height = min(m, shape.H - top)
  let width = min(m, shape.W - left)
  for y in 0..<height {
    let line = output.base + (top + y) * output.row + left * shape.K + k
    for x in 0..<width {
      let value = result[m * y + x]
      store(epilogue == .relu ? value.replacing(with: zero, where: value .< zero) : value, line + x * shape.K)
    }
  }
}

@inline(__always)
private func pool(
  _ result: UnsafePointer<Lanes>, _ m: Int, _ shape: WinogradShape, _ top: Int, _ left: Int, _ k: Int,
  _ output: Plane, _ places: UnsafeMutablePointer<UInt8>
) {
  let zero = Lanes.zero
  let (OH, OW) = (shape.H / 2, shape.W / 2)
  let height = min(m / 2, OH - top / 2)
  let width = min(m / 2, OW - left / 2)
  var y = 0
  while y < height {
    var x = 0
    while x < width {
      let corner = result + 2 * y * m + 2 * x
      var best = corner[0]
      var place = SIMD16<Int32>.zero
      for index in 1..<4 {
        let other = corner[index / 2 * m + index % 2]
        let larger = other .> best
        best = best.replacing(with: other, where: larger)
        place = place.replacing(with: SIMD16<Int32>(repeating: Int32(index)), where: larger)
      }
      let (row, column) = (top / 2 + y, left / 2 + x)
      store(best.replacing(with: zero, where: best .< zero), output.base + row * output.row + column * shape.K + k)
      UnsafeMutableRawPointer(places + (row * OW + column) * shape.K + k)
        .storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: place), as: SIMD16<UInt8>.self)
      x += 1
    }
    y += 1
  }
}
