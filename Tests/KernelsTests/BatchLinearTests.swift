import Kernels
import Testing

/// Rung 1: Linear layers over a whole batch, beside sums in Double.
///
/// The sizes have panels of 32 and of 16 outputs, inputs beyond one block of the sums (256) and one slice (128), and
/// batches that are rounded up and that are not.
@Suite struct BatchLinearTests {
  static let layers = [
    (8, 1, 1), (16, 10, 3), (24, 16, 16), (40, 33, 17), (128, 48, 5), (136, 130, 20), (264, 100, 33), (256, 128, 16),
    (520, 300, 40),
  ].map { LinearLayer(inputs: $0, outputs: $1, count: $2) }

  @Test(arguments: layers)
  func everyWeightHasAPlaceOfItsOwn(layer: LinearLayer) {
    var taken = [Bool](repeating: false, count: layer.shape.weightFloats)
    for o in 0..<layer.outputs {
      for i in 0..<layer.inputs {
        let place = layer.shape.place(output: o, input: i)
        if place != panelPlace(i, o, depth: layer.inputs, columns: layer.shape.O) || taken[place] {
          Issue.record("output \(o), input \(i) stands at \(place)")
        }
        taken[place] = true
      }
    }
  }

  @Test(arguments: layers)
  func forwardIsTheDefinition(layer: LinearLayer) {
    let (shape, count) = (layer.shape, layer.count)
    let input = layer.rowsOfInput()
    let expected = layer.naiveOutput()
    let weight = layer.packedWeight()
    for slice in [LinearShape.outputSlice, 32] {
      for first in stride(from: 0, to: shape.O, by: slice) {
        let range = first..<min(first + slice, shape.O)
        let results = Memory<Float>(unwritten: shape.scratchFloats)
        linearForward(
          shape, input: input.pointer, inputRow: layer.inputRow, weight: weight.pointer, outputs: range,
          results.pointer)
        let row = range.count + 16
        let used = range.clamped(to: 0..<layer.outputs)
        let found = (0..<count).flatMap { t in used.map { results.pointer[t * row + $0 - first] } }
        let sums = (0..<count).flatMap { t in used.map { expected[t * layer.outputs + $0] } }
        #expect(difference(found, sums) < 3e-6, "\(layer), outputs \(range)")
        let spare = (0..<count).flatMap { t in (used.count..<range.count).map { results.pointer[t * row + $0] } }
        #expect(spare.allSatisfy { $0 == 0 } && results.isIntact)
      }
    }
  }

  @Test(arguments: layers)
  func theInputsGradientIsTheDefinition(layer: LinearLayer) {
    let (shape, count) = (layer.shape, layer.count)
    let gradients = layer.packedGradient().transposed
    let weight = layer.packedWeight()
    let expected = layer.naiveInputGradient()
    let target = Memory<Float>(count * layer.inputRow, fill: outside, beyond: outside)
    for first in stride(from: 0, to: shape.I, by: LinearShape.inputSlice) {
      let range = first..<min(first + LinearShape.inputSlice, shape.I)
      let results = Memory<Float>(unwritten: shape.scratchFloats)
      linearInputGradient(
        shape, gradients: gradients.pointer, weight: weight.pointer, inputs: range, results.pointer)
      let found = (0..<count).flatMap { t in range.map { results.pointer[($0 - first) * (shape.N + 16) + t] } }
      let sums = (0..<count).flatMap { t in range.map { expected[t * layer.inputs + $0] } }
      #expect(difference(found, sums) < 3e-6, "\(layer), inputs \(range)")
      #expect(results.isIntact)
      spreadLinearGradient(
        results.pointer, shape, inputs: range, count: count, target.pointer, row: layer.inputRow)
    }
    let rows = target.elements
    let used = (0..<count).flatMap { t in rows[t * layer.inputRow..<t * layer.inputRow + layer.inputs] }
    #expect(difference(used, expected) < 3e-6, "\(layer)")
    // What is between the rows is left alone.
    let between = (0..<count).flatMap { t in rows[t * layer.inputRow + layer.inputs..<(t + 1) * layer.inputRow] }
    #expect(between.allSatisfy { $0 == outside } && target.isIntact)
  }

  enum Use: CaseIterable { case kept, descent, momentum }

  @Test(arguments: layers, Use.allCases)
  func theWeightsGradientIsUsed(layer: LinearLayer, use: Use) {
    let (shape, count) = (layer.shape, layer.count)
    let (weightPlace, biasPlace) = (32, 32 + shape.weightFloats + 48)
    let total = biasPlace + shape.O + 16
    let parameters = Memory(numbers(total, 401))
    let velocities = Memory(numbers(total, 402))
    let kept = Memory<Float>(total, fill: outside, beyond: outside)
    let (before, speed) = (parameters.elements, velocities.elements)
    let rule = GradientUse(
      parameters: parameters.pointer, velocities: use == .momentum ? velocities.pointer : nil,
      kept: use == .kept ? kept.pointer : nil, learningRate: 0.1, momentum: 0.9, weightDecay: 0.01)
    let input = layer.rowsOfInput()
    let panels = layer.packedGradient().panels
    for first in stride(from: 0, to: shape.I, by: LinearShape.inputSlice) {
      let range = first..<min(first + LinearShape.inputSlice, shape.I)
      let packed = Memory<Float>(unwritten: range.count * count)
      packLinearInput(
        input: input.pointer, inputRow: layer.inputRow, count: count, inputs: range, packed.pointer)
      let rows = range.flatMap { i in (0..<count).map { input.pointer[$0 * layer.inputRow + i] } }
      let found = range.flatMap { i in
        (0..<count).map { packed.pointer[((i - first) / 8 * count + $0) * 8 + (i - first) % 8] }
      }
      #expect(found == rows)
      let scratch = Memory<Float>(unwritten: 256)
      linearWeightGradient(
        shape, packed: packed.pointer, gradients: panels.pointer, count: count, rows: shape.N, inputs: range,
        weight: weightPlace, rule, scratch: scratch.pointer)
      #expect(packed.isIntact && scratch.isIntact)
    }
    linearBiasGradient(
      shape, gradients: panels.pointer, count: count, rows: shape.N, bias: biasPlace, rule)

    // The gradient of every stored parameter: nil between the layers' poolIndices, zero for the spare outputs.
    var gradient = [Double?](repeating: nil, count: total)
    let weightSums = layer.naiveWeightGradient()
    for o in 0..<shape.O {
      gradient[biasPlace + o] =
        o < layer.outputs ? (0..<count).reduce(0) { $0 + Double(layer.gradient[$1 * layer.outputs + o]) } : 0
      for i in 0..<shape.I {
        gradient[weightPlace + panelPlace(i, o, depth: shape.I, columns: shape.O)] =
          o < layer.outputs ? weightSums[o * layer.inputs + i] : 0
      }
    }
    var expectedSpeed = speed.map(Double.init)
    var expected = before.map(Double.init)
    for (place, gradient) in gradient.enumerated() {
      guard let gradient, use != .kept else { continue }
      let slope = gradient + 0.01 * expected[place]
      if use == .momentum { expectedSpeed[place] = 0.9 * expectedSpeed[place] + slope }
      expected[place] -= 0.1 * (use == .momentum ? expectedSpeed[place] : slope)
    }
    #expect(difference(parameters.elements, expected) < 3e-6, "\(layer)")
    #expect(difference(velocities.elements, expectedSpeed) < 3e-6, "\(layer)")
    if use == .kept {
      #expect(parameters.elements == before && velocities.elements == speed)
      let poolIndices = gradient.indices.filter { gradient[$0] != nil }
      #expect(difference(poolIndices.map { kept.pointer[$0] }, poolIndices.map { gradient[$0]! }) < 3e-6, "\(layer)")
    }
    for place in gradient.indices where gradient[place] == nil {
      #expect(parameters.pointer[place] == before[place] && velocities.pointer[place] == speed[place])
      #expect(kept.pointer[place] == outside)
    }
    #expect(parameters.isIntact && velocities.isIntact && kept.isIntact)
  }
}
