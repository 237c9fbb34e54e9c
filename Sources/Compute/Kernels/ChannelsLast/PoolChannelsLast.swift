/// The largest of each window with the channels innermost: of equal ones the first in row-major order, of NaNs one of them.
///
/// input: the interior of `[H, W, C]`, C stored channels; output the interior of `[OH, OW, C]`; poolIndices `[OH, OW, C]` unless
/// nil, a place being `y · R + x`, or ``PoolIndexStack/closed`` where `behindReLU` and the largest is not positive.
public func maxPoolChannelsLast(
  _ shape: PoolingShape, channels C: Int, input: Plane, output: Plane, poolIndices: UnsafeMutablePointer<UInt8>?,
  behindReLU: Bool
) {
  let (R, OW) = (shape.R, shape.OW)
  for row in 0..<shape.OH {
    for column in 0..<OW {
      let corner = input.base + row * shape.stride * input.row + column * shape.stride * C
      for c in stride(from: 0, to: C, by: 16) {
        var largest = Largest(load(corner + c))
        var index: Int32 = 0
        for y in 0..<R {
          let line = corner + y * input.row + c
          for x in 0..<R {
            largest.meet(load(line + x * C), index)
            index += 1
          }
        }
        store(largest.value, output.base + row * output.row + column * C + c)
        guard let poolIndices else { continue }
        if behindReLU { largest.close() }
        storeIndices(largest.place, poolIndices + (row * OW + column) * C + c)
      }
    }
  }
}

/// Adds each output's gradient to its maximum.
public func maxPoolChannelsLastBackward(
  _ shape: PoolingShape, channels C: Int, gradient: Plane, poolIndices: UnsafePointer<UInt8>, inputGradient: Plane
) {
  let (R, OW) = (shape.R, shape.OW)
  for row in 0..<shape.OH {
    for column in 0..<OW {
      let corner = inputGradient.base + row * shape.stride * inputGradient.row + column * shape.stride * C
      for c in stride(from: 0, to: C, by: 16) {
        let value = load(gradient.base + row * gradient.row + column * C + c)
        let place = loadIndices(poolIndices + (row * OW + column) * C + c)
        var index: Int32 = 0
        for y in 0..<R {
          let line = corner + y * inputGradient.row + c
          for x in 0..<R {
            store(load(line + x * C) + chosen(value, place, index), line + x * C)
            index += 1
          }
        }
      }
    }
  }
}

/// `gradient = 0` where ReLU let nothing through; both interiors of `[H, W, C]`, C stored channels.
public func reluBackwardChannelsLast(
  height: Int, width: Int, channels C: Int, output: Plane, gradient: Plane, _ result: Plane
) {
  for row in 0..<height {
    let (open, line, target) = (
      output.base + row * output.row, gradient.base + row * gradient.row, result.base + row * result.row
    )
    for place in stride(from: 0, to: width * C, by: 16) {
      store(masked(load(line + place), by: load(open + place)), target + place)
    }
  }
}

/// `x = max(x, 0)` on the interior of `[H, W, C]`, C stored channels.
public func reluForwardChannelsLast(height: Int, width: Int, channels C: Int, _ plane: Plane) {
  for row in 0..<height {
    let line = plane.base + row * plane.row
    for place in stride(from: 0, to: width * C, by: 16) { store(rectified(load(line + place)), line + place) }
  }
}
