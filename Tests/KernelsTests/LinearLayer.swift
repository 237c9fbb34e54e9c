import Kernels
import Testing

/// A Linear layer of pseudo-noise, its definition in Double, and its buffers as the kernels take them.
///
/// weight `[outputs, inputs]` and no bias; input `[count, inputs]`; gradient `[count, outputs]`.
struct LinearLayer: Sendable, CustomTestStringConvertible {
  let inputs: Int
  let outputs: Int
  let count: Int
  let shape: LinearShape
  let weight: [Float]
  var input: [Float]
  var gradient: [Float]
  /// Rows of the input are apart.
  var inputRow: Int { inputs + 8 }
  var testDescription: String { "\(count) rows of \(inputs) inputs, \(outputs) outputs" }

  init(inputs: Int, outputs: Int, count: Int) {
    self.inputs = inputs
    self.outputs = outputs
    self.count = count
    shape = LinearShape(inputs: inputs, outputs: outputs, batch: count)
    weight = numbers(inputs * outputs, 411)
    input = numbers(count * inputs, 412)
    gradient = numbers(count * outputs, 413)
  }

  func naiveOutput() -> [Double] {
    var sums = [Double](repeating: 0, count: count * outputs)
    forEachProduct { t, o, i in sums[t * outputs + o] += Double(weight[o * inputs + i]) * Double(input[t * inputs + i])
    }
    return sums
  }

  func naiveInputGradient() -> [Double] {
    var sums = [Double](repeating: 0, count: count * inputs)
    forEachProduct { t, o, i in
      sums[t * inputs + i] += Double(weight[o * inputs + i]) * Double(gradient[t * outputs + o])
    }
    return sums
  }

  func naiveWeightGradient() -> [Double] {
    var sums = [Double](repeating: 0, count: outputs * inputs)
    forEachProduct { t, o, i in
      sums[o * inputs + i] += Double(input[t * inputs + i]) * Double(gradient[t * outputs + o])
    }
    return sums
  }

  private func forEachProduct(_ body: (Int, Int, Int) -> Void) {
    for t in 0..<count {
      for o in 0..<outputs {
        for i in 0..<inputs { body(t, o, i) }
      }
    }
  }

  /// The weight in panels, spare outputs zero.
  func packedWeight() -> Memory<Float> {
    let packed = Memory<Float>(shape.weightFloats, fill: 0, beyond: .nan)
    for o in 0..<outputs {
      for i in 0..<inputs {
        packed.pointer[panelPlace(i, o, depth: inputs, columns: shape.O)] = weight[o * inputs + i]
      }
    }
    return packed
  }

  /// N rows of the input, of which those beyond the batch count for nothing.
  func rowsOfInput() -> Memory<Float> {
    let rows = Memory<Float>(shape.N * inputRow, fill: .nan, beyond: .nan)
    for t in 0..<count {
      for i in 0..<inputs { rows.pointer[t * inputRow + i] = input[t * inputs + i] }
    }
    return rows
  }

  /// The gradient in panels of outputs, `[N, O]`, and in panels of rows, `[O, N]`.
  func packedGradient() -> (panels: Memory<Float>, transposed: Memory<Float>) {
    let panels = Memory<Float>(unwritten: shape.N * shape.O)
    let transposed = Memory<Float>(unwritten: shape.N * shape.O)
    var rows = [Float](repeating: .nan, count: count * shape.O)
    for t in 0..<count {
      for o in 0..<outputs { rows[t * shape.O + o] = gradient[t * outputs + o] }
    }
    packOutputGradient(
      rows, shape, outputs: outputs, count: count, rows: shape.N, panels: panels.pointer,
      transposed: transposed.pointer)
    return (panels, transposed)
  }
}

/// Where (row, column) is in a matrix of `depth` rows that is stored in panels of 32 columns, the last perhaps of 16.
func panelPlace(_ row: Int, _ column: Int, depth: Int, columns: Int) -> Int {
  let panel = column / 32
  let width = panel == columns / 32 ? columns % 32 : 32
  return 32 * panel * depth + row * width + column % 32
}
