/// The sizes of a max-pooling of one image.
///
/// Legend: C channels, H×W input, R the window's side, OH×OW output.
public struct PoolingShape: Sendable, Hashable {
  public let C: Int
  public let H: Int
  public let W: Int
  public let R: Int
  public let stride: Int
  public let OH: Int
  public let OW: Int

  public init(channels: Int, height: Int, width: Int, kernelSize: Int, stride: Int) {
    precondition(kernelSize <= 15, "a window of \(kernelSize) does not fit the one-byte poolIndices of maxima")
    C = channels
    H = height
    W = width
    R = kernelSize
    self.stride = stride
    OH = (height - kernelSize) / stride + 1
    OW = (width - kernelSize) / stride + 1
  }
}

/// The maximum of each window, and where in the window it was: of equal ones the first in row-major order.
///
/// input `[C, H, W]`, output and poolIndices `[C, OH, OW]`; a place is `y · R + x`.
public func maxPoolForward(
  _ input: UnsafePointer<Float>, _ shape: PoolingShape, _ output: UnsafeMutablePointer<Float>,
  poolIndices: UnsafeMutablePointer<UInt8>
) {
  if shape.R == 2, shape.stride == 2 { return maxPool2x2Forward(input, shape, output, poolIndices: poolIndices) }
  let (W, R, OW) = (shape.W, shape.R, shape.OW)
  for c in 0..<shape.C {
    for row in 0..<shape.OH {
      let top = input + (c * shape.H + row * shape.stride) * W
      let target = (c * shape.OH + row) * OW
      for column in 0..<OW {
        let window = top + column * shape.stride
        var best = window[0]
        var place = 0
        for y in 0..<R {
          for x in 0..<R {
            let value = window[y * W + x]
            // A NaN wins and stays, as in PyTorch.
            if value > best || value.isNaN {
              best = value
              place = y * R + x
            }
          }
        }
        output[target + column] = best
        poolIndices[target + column] = UInt8(place)
      }
    }
  }
}

private func maxPool2x2Forward(
  _ input: UnsafePointer<Float>, _ shape: PoolingShape, _ output: UnsafeMutablePointer<Float>,
  poolIndices: UnsafeMutablePointer<UInt8>
) {
  let (W, OW) = (shape.W, shape.OW)
  for c in 0..<shape.C {
    for row in 0..<shape.OH {
      let upper = input + (c * shape.H + row * 2) * W
      let lower = upper + W
      let target = (c * shape.OH + row) * OW
      for column in 0..<OW {
        let (a, b, d, e) = (upper[2 * column], upper[2 * column + 1], lower[2 * column], lower[2 * column + 1])
        let rightUpper = b > a || b != b
        let top = rightUpper ? b : a
        let rightLower = e > d || e != e
        let bottom = rightLower ? e : d
        let down = bottom > top || bottom != bottom
        output[target + column] = down ? bottom : top
        poolIndices[target + column] = down ? (rightLower ? 3 : 2) : (rightUpper ? 1 : 0)
      }
    }
  }
}

/// Gives each output's gradient to its maximum: inputGradient `[C, H, W]`, overwritten.
public func maxPoolBackward(
  outputGradient: UnsafePointer<Float>, poolIndices: UnsafePointer<UInt8>, _ shape: PoolingShape,
  _ inputGradient: UnsafeMutablePointer<Float>
) {
  let (W, R, OW) = (shape.W, shape.R, shape.OW)
  inputGradient.update(repeating: 0, count: shape.C * shape.H * W)
  for c in 0..<shape.C {
    for row in 0..<shape.OH {
      let top = inputGradient + (c * shape.H + row * shape.stride) * W
      let source = (c * shape.OH + row) * OW
      for column in 0..<OW {
        let place = Int(poolIndices[source + column])
        top[column * shape.stride + place / R * W + place % R] += outputGradient[source + column]
      }
    }
  }
}
