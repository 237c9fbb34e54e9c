import Kernels
import Testing

/// Rung 1: gradients between Linear layers, as one layer makes them and the next takes them.
@Suite struct LinearGradientTests {
  @Test(arguments: BatchLinearTests.layers)
  func theLastGradientIsPacked(layer: LinearLayer) {
    let (shape, count) = (layer.shape, layer.count)
    let (panels, transposed) = layer.packedGradient()
    for t in 0..<shape.N {
      for o in 0..<shape.O {
        let row = panels.pointer[panelPlace(t, o, depth: shape.N, columns: shape.O)]
        let column = transposed.pointer[panelPlace(o, t, depth: shape.O, columns: shape.N)]
        if t >= count {
          #expect(row.isNaN && column.isNaN)
        } else {
          let expected = o < layer.outputs ? layer.gradient[t * layer.outputs + o] : 0
          #expect(row == expected && column == expected)
        }
      }
    }
    #expect(panels.isIntact && transposed.isIntact)
  }

  @Test(arguments: [(16, 1), (16, 16), (48, 5), (144, 17), (160, 40), (272, 33)], [false, true])
  func gradientsGoBackThroughReLU(size: (outputs: Int, count: Int), behindReLU: Bool) {
    let (outputs, count) = size
    let below = LinearShape(inputs: 8, outputs: outputs, batch: count)
    let row = below.N + 16
    let gradient = numbers(outputs * count, 421)
    // Open in about half of the poolIndices, and not where the output is zero or a NaN.
    var open = numbers(count * below.O, 422).map { max($0, 0) }
    open[open.count / 2] = .nan
    let scale: Float = behindReLU ? 2 : 1
    let panels = Memory<Float>(below.N * below.O, fill: outside, beyond: outside)
    let transposed = Memory<Float>(unwritten: below.N * below.O)
    for first in stride(from: 0, to: outputs, by: LinearShape.inputSlice) {
      let range = first..<min(first + LinearShape.inputSlice, outputs)
      let results = Memory<Float>(unwritten: range.count * row)
      for i in range {
        for t in 0..<count { results.pointer[(i - first) * row + t] = gradient[i * count + t] }
      }
      packLinearGradient(
        results.pointer, below, inputs: range, count: count, rows: below.N, open: behindReLU ? open : nil,
        scale: scale, panels: panels.pointer, transposed: transposed.pointer)
      #expect(results.isIntact)
    }
    for t in 0..<below.N {
      for i in 0..<outputs {
        let inPanels = panels.pointer[panelPlace(t, i, depth: below.N, columns: below.O)]
        guard t < count else {
          #expect(inPanels == outside)
          continue
        }
        let expected =
          behindReLU ? (open[t * below.O + i] > 0 ? 2 * gradient[i * count + t] : 0) : gradient[i * count + t]
        #expect(inPanels == expected)
        #expect(transposed.pointer[panelPlace(i, t, depth: below.O, columns: below.N)] == expected)
      }
    }
    #expect(panels.isIntact && transposed.isIntact)
  }

  /// One layer's gradient goes through ReLU and dropout to the layer below, whose own gradients are then right.
  @Test(arguments: [(24, 20, 10, 5), (40, 100, 33, 17), (136, 290, 70, 35)])
  func twoLayersAreTheDefinition(inputs: Int, hidden: Int, outputs: Int, count: Int) {
    var below = LinearLayer(inputs: inputs, outputs: hidden, count: count)
    let above = LinearLayer(inputs: below.shape.O, outputs: outputs, count: count)
    // What came out below, spare outputs zero.
    var open = numbers(count * below.shape.O, 431).map { max($0, 0) }
    for t in 0..<count {
      for o in hidden..<below.shape.O { open[t * below.shape.O + o] = 0 }
    }
    let panels = Memory<Float>(unwritten: below.shape.N * below.shape.O)
    let transposed = Memory<Float>(unwritten: below.shape.N * below.shape.O)
    let (upper, lower) = (above.packedWeight(), below.packedWeight())
    let gradients = above.packedGradient().transposed
    for first in stride(from: 0, to: above.inputs, by: LinearShape.inputSlice) {
      let range = first..<min(first + LinearShape.inputSlice, above.inputs)
      let results = Memory<Float>(unwritten: above.shape.scratchFloats)
      linearInputGradient(
        above.shape, gradients: gradients.pointer, weight: upper.pointer, inputs: range, results.pointer)
      packLinearGradient(
        results.pointer, below.shape, inputs: range, count: count, rows: below.shape.N, open: open, scale: 1.25,
        panels: panels.pointer, transposed: transposed.pointer)
    }
    // The definition takes the gradient that came, rounded to Float.
    let arriving = above.naiveInputGradient()
    for t in 0..<count {
      for o in 0..<hidden {
        let place = t * below.shape.O + o
        below.gradient[t * hidden + o] = open[place] > 0 ? Float(arriving[place] * 1.25) : 0
      }
    }
    let room = Memory<Float>(unwritten: below.shape.weightFloats)
    let kept = GradientUse(
      parameters: room.pointer, velocities: nil, kept: room.pointer, learningRate: 0, momentum: 0, weightDecay: 0)
    let (rows, range) = (below.rowsOfInput(), 0..<inputs)
    let packed = Memory<Float>(unwritten: inputs * count)
    let scratch = Memory<Float>(unwritten: 256)
    packLinearInput(
      input: rows.pointer, inputRow: below.inputRow, count: count, inputs: range, packed.pointer)
    linearWeightGradient(
      below.shape, packed: packed.pointer, gradients: panels.pointer, count: count, rows: below.shape.N, inputs: range,
      weight: 0, kept, scratch: scratch.pointer)
    let found = (0..<hidden).flatMap { o in
      range.map { room.pointer[panelPlace($0, o, depth: inputs, columns: below.shape.O)] }
    }
    #expect(difference(found, below.naiveWeightGradient()) < 5e-6)

    let results = Memory<Float>(unwritten: below.shape.I * (below.shape.N + 16))
    linearInputGradient(
      below.shape, gradients: transposed.pointer, weight: lower.pointer, inputs: range, results.pointer)
    let inputGradient = (0..<count).flatMap { t in range.map { results.pointer[$0 * (below.shape.N + 16) + t] } }
    #expect(difference(inputGradient, below.naiveInputGradient()) < 5e-6)
  }
}
