/// The transformed kernel of input channels `range`, packed for `multiplyRows`: weight `[R·R, C, K]` to `P²` matrices of
/// `[C, K]`.
///
/// For the backward pass, the transposed weight `[R·R, K, C]` is transformed alike, with C and K exchanged.
public func winogradKernel(
  _ weight: UnsafePointer<Float>, _ algorithm: WinogradAlgorithm, channels C: Int, outChannels K: Int,
  range: Range<Int>, _ transformed: UnsafeMutablePointer<Float>
) {
  let (R, P, step) = (algorithm.R, algorithm.P, C * K)
  let matrix = algorithm.kernelMatrix.flatMap { $0 }
  matrix.withUnsafeBufferPointer { matrix in
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 6 * 5) { half in
      for c in range {
        for k in stride(from: 0, to: K, by: 16) {
          let source = weight + c * K + k
          for i in 0..<P {
            for x in 0..<R {
              var sum = Lanes.zero
              for y in 0..<R {
                sum.addProduct(load(source + (y * R + x) * step), Lanes(repeating: matrix[i * R + y]))
              }
              half[i * R + x] = sum
            }
          }
          let target = transformed + panelOffset(row: c, column: k, depth: C, columns: K)
          for i in 0..<P {
            for j in 0..<P {
              var sum = Lanes.zero
              for x in 0..<R { sum.addProduct(half[i * R + x], Lanes(repeating: matrix[j * R + x])) }
              store(sum, target + (i * P + j) * step)
            }
          }
        }
      }
    }
  }
}

/// The kernel's gradient from that of the transformed kernel: `P²` matrices `[C, K]` to `[R·R, C, K]`, overwritten.
public func winogradKernelGradient(
  _ transformed: UnsafePointer<Float>, _ shape: WinogradConvolution, _ gradient: UnsafeMutablePointer<Float>
) {
  let (R, P, step) = (shape.algorithm.R, shape.algorithm.P, shape.C * shape.K)
  let matrix = shape.algorithm.kernelMatrix.flatMap { $0 }
  // Some hundreds of floats of each matrix at a time: the P² streams are read in runs that the processor sees coming.
  let block = 256
  matrix.withUnsafeBufferPointer { matrix in
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 5 * 6 * block) { memory in
      let half = memory.baseAddress!
      for first in stride(from: 0, to: step, by: block) {
        let count = min(block, step - first)
        for j in 0..<P {
          for i in 0..<P {
            let source = transformed + (i * P + j) * step + first
            for y in 0..<R {
              let factor = matrix[i * R + y]
              let target = half + (y * P + j) * block
              if i == 0 {
                for place in stride(from: 0, to: count, by: 16) { store(load(source + place) * factor, target + place) }
              } else if factor != 0 {
                for place in stride(from: 0, to: count, by: 16) {
                  store(fused(load(source + place), factor, plus: load(target + place)), target + place)
                }
              }
            }
          }
        }
        for y in 0..<R {
          for x in 0..<R {
            let target = gradient + (y * R + x) * step + first
            for place in stride(from: 0, to: count, by: 16) {
              var sum = Lanes.zero
              for j in 0..<P {
                sum.addProduct(load(half + (y * P + j) * block + place), Lanes(repeating: matrix[j * R + x]))
              }
              store(sum, target + place)
            }
          }
        }
      }
    }
  }
}
