/// The one-dimensional transforms, each applied to columns and then to rows.
///
/// `Bᵀ` takes six inputs to six points; `A` takes m output gradients there; `Aᵀ` takes the points back to m outputs and
/// `B` to six input gradients.
enum Points {
  typealias Six = (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes)

  @inline(__always)
  static func input(_ d0: Lanes, _ d1: Lanes, _ d2: Lanes, _ d3: Lanes, _ d4: Lanes, _ d5: Lanes) -> Six {
    let even = d4 - 4 * d2
    let odd = d3 - 4 * d1
    let even2 = d4 - d2
    let odd2 = 2 * (d3 - d1)
    return (4 * d0 - 5 * d2 + d4, even + odd, even - odd, even2 + odd2, even2 - odd2, 4 * d1 - 5 * d3 + d5)
  }

  @inline(__always)
  static func inputGradient(_ v0: Lanes, _ v1: Lanes, _ v2: Lanes, _ v3: Lanes, _ v4: Lanes, _ v5: Lanes) -> Six {
    let sum1 = v1 + v2
    let difference1 = v1 - v2
    let sum2 = v3 + v4
    let difference2 = v3 - v4
    return (
      4 * v0,
      -4 * difference1 - 2 * difference2 + 4 * v5,
      -5 * v0 - 4 * sum1 - sum2,
      difference1 + 2 * difference2 - 5 * v5,
      v0 + sum1 + sum2,
      v5
    )
  }

  @inline(__always)
  static func output4(
    _ v0: Lanes, _ v1: Lanes, _ v2: Lanes, _ v3: Lanes, _ v4: Lanes, _ v5: Lanes
  ) -> (Lanes, Lanes, Lanes, Lanes) {
    let sum1 = v1 + v2
    let difference1 = v1 - v2
    let sum2 = v3 + v4
    let difference2 = v3 - v4
    return (v0 + sum1 + sum2, difference1 + 2 * difference2, sum1 + 4 * sum2, difference1 + 8 * difference2 + v5)
  }

  @inline(__always)
  static func output2(
    _ v0: Lanes, _ v1: Lanes, _ v2: Lanes, _ v3: Lanes, _ v4: Lanes, _ v5: Lanes
  ) -> (Lanes, Lanes) {
    (v0 + v1 + v2 + v3 + v4, v1 - v2 + 2 * (v3 - v4) + v5)
  }

  @inline(__always)
  static func outputGradient4(_ y0: Lanes, _ y1: Lanes, _ y2: Lanes, _ y3: Lanes) -> Six {
    let even = y0 + y2
    let odd = y1 + y3
    let even2 = y0 + 4 * y2
    let odd2 = 2 * y1 + 8 * y3
    return (y0, even + odd, even - odd, even2 + odd2, even2 - odd2, y3)
  }

  @inline(__always)
  static func outputGradient2(_ y0: Lanes, _ y1: Lanes) -> Six {
    (y0, y0 + y1, y0 - y1, y0 + 2 * y1, y0 - 2 * y1, y1)
  }
}

/// `G` of F(m, R): six rows of R.
private func kernelMatrix(_ R: Int) -> [[Float]] {
  func powers(_ point: Float, _ scale: Float) -> [Float] {
    var value: Float = 1
    return (0..<R).map { _ in
      defer { value *= point }
      return value * scale
    }
  }
  return [
    powers(0, 1 / 4), powers(1, -1 / 6), powers(-1, -1 / 6), powers(2, 1 / 24), powers(-2, 1 / 24),
    [Float](repeating: 0, count: R - 1) + [1],
  ]
}

/// The transformed kernel of input channels `channels`: weight `[outChannels, channels, R, R]` to `[36, C, K]`.
///
/// Places of rounded-up channels are set to zero.
public func winogradKernel(
  _ weight: UnsafePointer<Float>, _ shape: WinogradShape, channels range: Range<Int>,
  _ transformed: UnsafeMutablePointer<Float>
) {
  let (R, C, K) = (shape.R, shape.C, shape.K)
  let matrix = kernelMatrix(R).flatMap { $0 }
  matrix.withUnsafeBufferPointer { matrix in
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 6 * R) { half in
      for c in range {
        for k in 0..<K {
          let target = transformed + c * K + k
          guard c < shape.channels, k < shape.outChannels else {
            for place in 0..<36 { target[place * C * K] = 0 }
            continue
          }
          let kernel = weight + (k * shape.channels + c) * R * R
          for i in 0..<6 {
            for x in 0..<R {
              var sum: Float = 0
              for y in 0..<R { sum += matrix[i * R + y] * kernel[y * R + x] }
              half[i * R + x] = sum
            }
          }
          for i in 0..<6 {
            for j in 0..<6 {
              var sum: Float = 0
              for x in 0..<R { sum += half[i * R + x] * matrix[j * R + x] }
              target[(i * 6 + j) * C * K] = sum
            }
          }
        }
      }
    }
  }
}

/// The kernel's gradient from that of the transformed kernel: `[36, C, K]` to `[outChannels, channels, R, R]`, overwritten.
public func winogradKernelGradient(
  _ transformed: UnsafePointer<Float>, _ shape: WinogradShape, _ gradient: UnsafeMutablePointer<Float>
) {
  let (R, C, K) = (shape.R, shape.C, shape.K)
  let matrix = kernelMatrix(R).flatMap { $0 }
  matrix.withUnsafeBufferPointer { matrix in
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 6 * R) { half in
      for c in 0..<shape.channels {
        for k in 0..<shape.outChannels {
          let source = transformed + c * K + k
          for y in 0..<R {
            for j in 0..<6 {
              var sum: Float = 0
              for i in 0..<6 { sum += matrix[i * R + y] * source[(i * 6 + j) * C * K] }
              half[y * 6 + j] = sum
            }
          }
          let target = gradient + (k * shape.channels + c) * R * R
          for y in 0..<R {
            for x in 0..<R {
              var sum: Float = 0
              for j in 0..<6 { sum += half[y * 6 + j] * matrix[j * R + x] }
              target[y * R + x] = sum
            }
          }
        }
      }
    }
  }
}
