import Kernels

/// Convolution by its definition, in Double: input `[C, H, W]`, weight `[K, C, R, R]`, output `[K, OH, OW]`.
func naiveConvolution(_ shape: ConvolutionShape, _ input: [Float], _ weight: [Float], _ bias: [Float]) -> [Double] {
  var output = [Double](repeating: 0, count: shape.K * shape.OH * shape.OW)
  forEachProduct(shape) { weightIndex, inputIndex, outputIndex in
    output[outputIndex] += Double(weight[weightIndex]) * Double(input[inputIndex])
  }
  for index in output.indices { output[index] += Double(bias[index / (shape.OH * shape.OW)]) }
  return output
}

/// Calls `body` with the places of weight, input and output for every product that a convolution adds up.
func forEachProduct(_ shape: ConvolutionShape, _ body: (Int, Int, Int) -> Void) {
  for k in 0..<shape.K {
    for c in 0..<shape.C {
      for y in 0..<shape.R {
        for x in 0..<shape.R {
          for row in 0..<shape.OH {
            for column in 0..<shape.OW {
              let sourceRow = row * shape.stride + y - shape.padding
              let sourceColumn = column * shape.stride + x - shape.padding
              guard (0..<shape.H).contains(sourceRow), (0..<shape.W).contains(sourceColumn) else { continue }
              body(
                ((k * shape.C + c) * shape.R + y) * shape.R + x, (c * shape.H + sourceRow) * shape.W + sourceColumn,
                (k * shape.OH + row) * shape.OW + column)
            }
          }
        }
      }
    }
  }
}

/// Numbers in [−1, 1) that are the same in every run.
func numbers(_ count: Int, _ stream: UInt32) -> [Float] {
  [Float](unsafeUninitializedCapacity: count) { buffer, filled in
    if count > 0 { fillUniform(buffer.baseAddress!, count: count, bound: 1, Philox(seed: 42, stream: stream)) }
    filled = count
  }
}

/// The largest difference, relative to the largest expected value.
func difference(_ found: [Float], _ expected: [Double]) -> Double {
  precondition(found.count == expected.count, "\(found.count) values beside \(expected.count)")
  let largest = expected.reduce(1e-6) { max($0, abs($1)) }
  return zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) } / largest
}
