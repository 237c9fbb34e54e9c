import Kernels

/// What a convolution's sums `[K, OH, OW]` become by their definition: `[K, OH, OW]`, or `[K, OH/2, OW/2]` with pooling.
func naiveEpilogue(_ epilogue: Epilogue, _ sums: [Double], _ shape: ConvolutionShape) -> [Double] {
  switch epilogue {
  case .none: sums
  case .relu: sums.map { max($0, 0) }
  case .reluMaxPool: windows(shape).map { window in max(window.map { sums[$0] }.max()!, 0) }
  }
}

/// The four poolIndices in `[K, OH, OW]` of each window of a 2×2 pooling, in the order of `[K, OH/2, OW/2]`.
func windows(_ shape: ConvolutionShape) -> [[Int]] {
  var windows: [[Int]] = []
  for k in 0..<shape.K {
    for y in 0..<shape.OH / 2 {
      for x in 0..<shape.OW / 2 {
        let corner = (k * shape.OH + 2 * y) * shape.OW + 2 * x
        windows.append([corner, corner + 1, corner + shape.OW, corner + shape.OW + 1])
      }
    }
  }
  return windows
}

/// The poolIndices of maxima in use, from `[count, OH/2, OW/2, stored]` to `[count, K, OH/2, OW/2]`.
func planes(_ poolIndices: Memory<UInt8>, _ shape: ConvolutionShape) -> [UInt8] {
  let positions = shape.OH / 2 * (shape.OW / 2)
  let size = positions * storedChannels(shape.K)
  var planes: [UInt8] = []
  for imageIndex in 0..<poolIndices.count / max(size, 1) {
    for k in 0..<shape.K {
      for p in 0..<positions { planes.append(poolIndices.pointer[imageIndex * size + p * storedChannels(shape.K) + k]) }
    }
  }
  return planes
}

/// Whether the poolIndices `[K, OH/2, OW/2]` are those of maxima: any of several that are equal but for `rounding`, and 255
/// where ReLU lets nothing through.
func areMaxima(_ poolIndices: [UInt8], _ sums: [Double], _ shape: ConvolutionShape, rounding: Double) -> Bool {
  zip(poolIndices, windows(shape)).allSatisfy { place, window in
    let largest = window.map { sums[$0] }.max()!
    if place == 255 { return largest <= rounding }
    return place < 4 && largest >= -rounding && sums[window[Int(place)]] >= largest - rounding
  }
}

/// The gradient with respect to a convolution's sums, `[K, OH, OW]`, from that with respect to what came out of it; by the
/// same ReLU and the same poolIndices, so that a maximum that two values share but for rounding is the same one here.
func gradientBehind(
  _ epilogue: Epilogue, _ gradient: [Float], output: [Float], poolIndices: [UInt8], _ shape: ConvolutionShape
) -> [Float] {
  switch epilogue {
  case .none: return gradient
  case .relu: return zip(gradient, output).map { $1 > 0 ? $0 : 0 }
  case .reluMaxPool:
    var behind = [Float](repeating: 0, count: shape.K * shape.OH * shape.OW)
    for (index, window) in windows(shape).enumerated() where poolIndices[index] != 255 {
      behind[window[Int(poolIndices[index])]] = gradient[index]
    }
    return behind
  }
}
