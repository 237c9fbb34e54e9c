import Kernels

extension FastPlan {
  /// Calls `body(tensor, element, stored place)` for every number of every tensor, in the layout's order of tensors.
  private func forEachParameter(_ body: (Int, Int, Int) -> Void) {
    func tensor(_ offset: Int) -> Int { layout.tensors.firstIndex { $0.offset == offset }! }
    for case .convolution(let stage) in stages {
      let (weight, bias) = (tensor(stage.tensors.weight), tensor(stage.tensors.bias))
      forEachParameter(stage) { isWeight, element, place in body(isWeight ? weight : bias, element, place) }
    }
    for (index, linear) in linears.enumerated() {
      let (weight, bias) = (tensor(linear.tensors.weight), tensor(linear.tensors.bias))
      forEachParameter(linear, first: index == 0) { isWeight, element, place in
        body(isWeight ? weight : bias, element, place)
      }
    }
  }

  private func forEachParameter(_ stage: ConvolutionStage, _ body: (Bool, Int, Int) -> Void) {
    let (K, C, R) = (stage.shape.K, stage.shape.C, stage.shape.R)
    let outStored = stage.kernel.outStored
    // Where the numbers of PyTorch's [C, R, R] are, for the first output channel.
    let offsets = (0..<C * R * R).map { element in
      stage.weight + outStored
        * stage.kernel.weightRow(channel: element / (R * R), y: element / R % R, x: element % R)
    }
    for k in 0..<K {
      for element in offsets.indices { body(true, k * offsets.count + element, offsets[element] + k) }
      body(false, k, stage.bias + k)
    }
  }

  private func forEachParameter(_ linear: LinearStage, first: Bool, _ body: (Bool, Int, Int) -> Void) {
    // PyTorch flattens [C, H, W]; here images are [H, W, C].
    let features = activations[activations.count - 1]
    let area = features.height * features.width
    for input in 0..<linear.inputs {
      var stored = input
      if first, !takesFeatures {
        let (channel, pixel) = input.quotientAndRemainder(dividingBy: area)
        let (row, column) = pixel.quotientAndRemainder(dividingBy: features.width)
        stored = features.interior + row * features.row + column * features.stored + channel
      }
      for output in 0..<linear.outputs {
        body(
          true, output * linear.inputs + input, linear.weight + linear.shape.place(output: output, input: stored))
      }
    }
    for output in 0..<linear.outputs { body(false, output, linear.bias + output) }
  }

  /// Stored numbers as named tensors in PyTorch's order and shapes.
  func tensors(_ stored: UnsafePointer<Float>) -> StateDictionary {
    var tensors = layout.tensors.map { tensor in
      StateDictionary.Tensor(
        key: tensor.key, shape: tensor.shape, values: [Float](repeating: 0, count: tensor.count))
    }
    forEachParameter { tensor, element, place in tensors[tensor].values[element] = stored[place] }
    return StateDictionary(tensors: tensors)
  }

  /// The reverse; what no tensor has a number for stays as it is.
  func store(_ state: StateDictionary, _ stored: UnsafeMutablePointer<Float>) {
    for (place, tensor) in zip(layout.tensors, state.tensors) {
      precondition(place.shape == tensor.shape, "\(tensor.key) is \(tensor.shape), not \(place.shape)")
    }
    forEachParameter { tensor, element, place in stored[place] = state.tensors[tensor].values[element] }
  }
}
