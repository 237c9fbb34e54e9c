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

/// Calls `body` with the poolIndices of weight, input and output for every product that a convolution adds up.
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

/// The gradients of a convolution by their definition, in Double: of weight `[K, C, R, R]`, bias `[K]` and input `[C, H, W]`.
func naiveGradients(
  _ shape: ConvolutionShape, _ input: [Float], _ weight: [Float], _ gradient: [Float]
) -> (weight: [Double], bias: [Double], input: [Double]) {
  var weightSums = [Double](repeating: 0, count: weight.count)
  var inputSums = [Double](repeating: 0, count: input.count)
  forEachProduct(shape) { weightIndex, inputIndex, outputIndex in
    weightSums[weightIndex] += Double(gradient[outputIndex]) * Double(input[inputIndex])
    inputSums[inputIndex] += Double(gradient[outputIndex]) * Double(weight[weightIndex])
  }
  let positions = shape.OH * shape.OW
  let biasSums = (0..<shape.K).map { k in
    gradient[(k * positions)..<((k + 1) * positions)].reduce(0.0) { $0 + Double($1) }
  }
  return (weightSums, biasSums, inputSums)
}

/// The gradients of several images, added to what there was before.
struct GradientSums {
  var weight: [Double]
  var bias: [Double]
  /// `[images, C, H, W]`.
  var input: [Double]

  /// Adds the share of image `index`.
  mutating func add(
    _ index: Int, _ shape: ConvolutionShape, input values: [Float], weight kernel: [Float], gradient: [Float]
  ) {
    let share = naiveGradients(shape, values, kernel, gradient)
    for (place, value) in share.weight.enumerated() { weight[place] += value }
    for (place, value) in share.bias.enumerated() { bias[place] += value }
    for (place, value) in share.input.enumerated() { input[index * values.count + place] += value }
  }
}

/// Numbers in [−1, 1) that are the same in every run.
func numbers(_ count: Int, _ stream: UInt32) -> [Float] {
  [Float](unsafeUninitializedCapacity: count) { buffer, filled in
    if count > 0 { fillUniform(buffer.baseAddress!, count: count, bound: 1, Philox(seed: 42, stream: stream)) }
    filled = count
  }
}

/// The largest difference, relative to the largest expected value; infinite if there is a NaN.
func difference(_ found: [Float], _ expected: [Double]) -> Double {
  precondition(found.count == expected.count, "\(found.count) values beside \(expected.count)")
  let largest = expected.reduce(1e-6) { max($0, abs($1)) }
  let gap = zip(found, expected).reduce(0.0) { gap, pair in
    let here = abs(Double(pair.0) - pair.1)
    // `max` would pass over a NaN.
    return here.isNaN ? .infinity : max(gap, here)
  }
  return gap / largest
}
