/// The sizes of a Linear layer worked on for a whole batch.
///
/// Legend: I stored inputs (a multiple of 8), O stored outputs (a multiple of 16), N rows of the batch, rounded up to 16.
/// The weight is transposed and packed in panels of 32 outputs: `[O / 32][I][32]`.
public struct LinearShape: Sendable, Hashable {
  public let I: Int
  public let O: Int
  public let N: Int

  public init(inputs: Int, outputs: Int, batch: Int) {
    I = inputs
    O = storedChannels(outputs)
    N = storedChannels(batch)
  }

  public var weightFloats: Int { I * O }
  /// The pieces that one call works on: outputs forward, inputs backward.
  public static let outputSlice = 128
  public static let inputSlice = 128
  /// Inputs or outputs that are worked on between two visits of the sums.
  static let depthBlock = 256
  /// The floats of scratch that any of the calls needs.
  public var scratchFloats: Int { max(N * (Self.outputSlice + 16), Self.inputSlice * (N + 16)) + 8 * 32 }
  /// Where the weight of output `output` and input `input` is.
  public func place(output: Int, input: Int) -> Int {
    panelOffset(row: input, column: output & ~15, depth: I, columns: O) + (output & 15)
  }
}

/// Outputs `outputs` (whole panels) of N rows, without bias: results `[N, outputs + 16]` in scratch.
///
/// input `[N, I]`, `inputRow` floats from row to row.
public func linearForward(
  _ shape: LinearShape, input: UnsafePointer<Float>, inputRow: Int, weight: UnsafePointer<Float>,
  outputs range: Range<Int>, _ results: UnsafeMutablePointer<Float>
) {
  for first in stride(from: 0, to: shape.I, by: LinearShape.depthBlock) {
    let depth = min(LinearShape.depthBlock, shape.I - first)
    multiplyRows(
      m: shape.N, n: range.count, depth: depth, input + first, aRow: inputRow,
      packed: weight + range.lowerBound * shape.I, packedDepth: shape.I, firstRow: first, results,
      ldc: range.count + 16, accumulate: first > 0)
  }
}

/// The gradient with respect to inputs `inputs` of N rows: results `[inputs, N + 16]` in scratch.
///
/// gradients: the output's gradient transposed and packed, `[O, N]` in panels of 32 rows of the batch.
public func linearInputGradient(
  _ shape: LinearShape, gradients: UnsafePointer<Float>, weight: UnsafePointer<Float>, inputs range: Range<Int>,
  _ results: UnsafeMutablePointer<Float>
) {
  // Whole panels of 32 outputs are the segments; what is left is a panel of 16.
  let panels = shape.O / 32
  let step = LinearShape.depthBlock / 32
  for first in stride(from: 0, to: panels, by: step) {
    multiplyRows(
      m: range.count, n: shape.N, segments: min(step, panels - first), depth: 32,
      weight + first * 32 * shape.I + range.lowerBound * 32, aRow: 32, aSegment: 32 * shape.I, packed: gradients,
      packedDepth: shape.O, firstRow: first * 32, results, ldc: shape.N + 16, accumulate: first > 0)
  }
  if shape.O % 32 != 0 {
    multiplyRows(
      m: range.count, n: shape.N, depth: 16, weight + panels * 32 * shape.I + range.lowerBound * 16, aRow: 16,
      packed: gradients, packedDepth: shape.O, firstRow: panels * 32, results, ldc: shape.N + 16,
      accumulate: panels > 0)
  }
}

/// Packs inputs `inputs` of `count` rows for `linearWeightGradient`: `[inputs / 8][count][8]`.
public func packLinearInput(
  input: UnsafePointer<Float>, inputRow: Int, count: Int, inputs range: Range<Int>,
  _ packed: UnsafeMutablePointer<Float>
) {
  var target = UnsafeMutableRawPointer(packed)
  for first in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
    for row in 0..<count {
      let source = UnsafeRawPointer(input + row * inputRow + first)
      target.storeBytes(of: source.loadUnaligned(as: SIMD8<Float>.self), as: SIMD8<Float>.self)
      target += 32
    }
  }
}

/// The weight's gradient at inputs `inputs`, used as `use` says, piece by piece while it is in the first-level cache.
///
/// packed: `packLinearInput`'s; gradients: the output's gradient packed in panels of 32 outputs, `[count, O]`, `rows` rows
/// deep; weight: where the layer's weight is among all parameters; scratch 256 floats.
public func linearWeightGradient(
  _ shape: LinearShape, packed: UnsafePointer<Float>, gradients: UnsafePointer<Float>, count: Int, rows: Int,
  inputs range: Range<Int>, weight: Int, _ use: GradientUse, scratch: UnsafeMutablePointer<Float>
) {
  for column in stride(from: 0, to: shape.O, by: 32) {
    let width = min(32, shape.O - column)
    for first in stride(from: 0, to: range.count, by: 8) {
      multiplyColumns(
        m: 8, n: width, depth: count, packed + first * count, aStep: 8, gradients + column * rows, bStep: width,
        scratch, ldc: width, accumulate: false)
      use.apply(weight + column * shape.I + (range.lowerBound + first) * width, count: 8 * width, scratch)
    }
  }
}

/// A bias's gradient: the sums over `count` rows of the packed gradients.
public func linearBiasGradient(
  _ shape: LinearShape, gradients: UnsafePointer<Float>, count: Int, rows: Int, bias: Int, _ use: GradientUse
) {
  withUnsafeTemporaryAllocation(of: Float.self, capacity: 32) { sums in
    let sums = sums.baseAddress!
    for column in stride(from: 0, to: shape.O, by: 32) {
      let width = min(32, shape.O - column)
      sums.update(repeating: 0, count: 32)
      addRows(gradients + column * rows, row: width, count: count, channels: width, to: sums)
      use.apply(bias + column, count: width, sums)
    }
  }
}

/// Takes the gradient of inputs `inputs` back through the ReLU and dropout that they came out of, and packs it for the layer
/// below, whose outputs they are: `panels` `[rows, O]` in panels of 32 outputs, `transposed` `[O, N]` in panels of 32 rows.
///
/// results `[inputs, N + 16]` is `linearInputGradient`'s; open `[count, O]` what came out below, nil without ReLU, and then
/// `scale` is not looked at either; `scale` is what dropout multiplied by.
public func packLinearGradient(
  _ results: UnsafeMutablePointer<Float>, _ below: LinearShape, inputs range: Range<Int>, count: Int, rows: Int,
  open: UnsafePointer<Float>?, scale: Float, panels: UnsafeMutablePointer<Float>,
  transposed: UnsafeMutablePointer<Float>
) {
  let row = below.N + 16
  for t in stride(from: 0, to: count, by: 16) {
    let some = min(16, count - t)
    for i in range {
      let line = results + (i - range.lowerBound) * row + t
      let target = panels + panelOffset(row: t, column: i & ~15, depth: rows, columns: below.O) + (i & 15)
      let width = min(32, below.O - (i & ~31))
      if let open {
        for j in 0..<some {
          let value = open[(t + j) * below.O + i] > 0 ? line[j] * scale : 0
          line[j] = value
          target[j * width] = value
        }
      } else {
        for j in 0..<some { target[j * width] = line[j] }
      }
      store(load(line), transposed + panelOffset(row: i, column: t, depth: below.O, columns: below.N))
    }
  }
}

/// Transposes the gradient of inputs `inputs` to the rows of the batch: `target[t, input]`.
public func spreadLinearGradient(
  _ results: UnsafePointer<Float>, _ shape: LinearShape, inputs range: Range<Int>, count: Int,
  _ target: UnsafeMutablePointer<Float>, row: Int
) {
  let from = shape.N + 16
  for t in stride(from: 0, to: count, by: 16) {
    for i in range {
      let line = results + (i - range.lowerBound) * from + t
      for j in 0..<min(16, count - t) { target[(t + j) * row + i] = line[j] }
    }
  }
}

/// The gradient with respect to the outputs of the last layer, packed as `packLinearGradient` does: gradient
/// `[count, O]`, of which `outputs` columns are in use and the rest becomes zero.
public func packOutputGradient(
  _ gradient: UnsafePointer<Float>, _ shape: LinearShape, outputs: Int, count: Int, rows: Int,
  panels: UnsafeMutablePointer<Float>, transposed: UnsafeMutablePointer<Float>
) {
  for t in 0..<count {
    for o in 0..<shape.O {
      let value = o < outputs ? gradient[t * shape.O + o] : 0
      panels[panelOffset(row: t, column: o & ~15, depth: rows, columns: shape.O) + (o & 15)] = value
      transposed[panelOffset(row: o, column: t & ~15, depth: shape.O, columns: shape.N) + (t & 15)] = value
    }
  }
}

/// `target[j, i] = source[i, j]`.
public func transpose(
  _ source: UnsafePointer<Float>, rows: Int, columns: Int, _ target: UnsafeMutablePointer<Float>
) {
  for column in 0..<columns {
    for row in 0..<rows { target[column * rows + row] = source[row * columns + column] }
  }
}
