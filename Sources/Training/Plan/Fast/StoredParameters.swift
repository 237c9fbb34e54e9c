import Kernels

extension FastPlan {
  /// Calls `body(place in PyTorch's layout, place in the stored one)` for every number of every tensor.
  func forEachParameter(_ body: (Int, Int) -> Void) {
    for case .convolution(let stage) in stages { forEachParameter(stage, body) }
    for (index, linear) in linears.enumerated() { forEachParameter(linear, first: index == 0, body) }
  }

  private func forEachParameter(_ stage: ConvolutionStage, _ body: (Int, Int) -> Void) {
    let (K, C, R) = (stage.shape.K, stage.shape.C, stage.shape.R)
    let outStored = stage.kernel.outStored
    for k in 0..<K {
      for c in 0..<C {
        for y in 0..<R {
          for x in 0..<R {
            let row =
              switch stage.kernel {
              case .winograd(let shape): (y * R + x) * shape.C + c
              case .first: y * R + x
              case .implicit(let shape): y * shape.storedRun + x * shape.S + c
              }
            body(stage.tensors.weight + ((k * C + c) * R + y) * R + x, stage.weight + row * outStored + k)
          }
        }
      }
      body(stage.tensors.bias + k, stage.bias + k)
    }
  }

  private func forEachParameter(_ linear: LinearStage, first: Bool, _ body: (Int, Int) -> Void) {
    // PyTorch flattens [C, H, W]; here pictures are [H, W, C].
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
          linear.tensors.weight + output * linear.inputs + input,
          linear.weight + linear.shape.place(output: output, input: stored))
      }
    }
    for output in 0..<linear.outputs { body(linear.tensors.bias + output, linear.bias + output) }
  }

  /// Stored numbers as named tensors in PyTorch's order and shapes.
  func tensors(_ stored: UnsafePointer<Float>) -> StateDictionary {
    var flat = [Float](repeating: 0, count: layout.count)
    flat.withUnsafeMutableBufferPointer { flat in forEachParameter { flat[$0] = stored[$1] } }
    return StateDictionary(
      tensors: layout.tensors.map { tensor in
        StateDictionary.Tensor(
          key: tensor.key, shape: tensor.shape, values: Array(flat[tensor.offset..<tensor.offset + tensor.count]))
      })
  }

  /// The reverse; what no tensor has a number for stays as it is.
  func store(_ state: StateDictionary, _ stored: UnsafeMutablePointer<Float>) {
    var flat = [Float](repeating: 0, count: layout.count)
    for (place, tensor) in zip(layout.tensors, state.tensors) {
      precondition(place.shape == tensor.shape, "\(tensor.key) is \(tensor.shape), not \(place.shape)")
      flat.replaceSubrange(place.offset..<place.offset + place.count, with: tensor.values)
    }
    flat.withUnsafeBufferPointer { flat in forEachParameter { stored[$1] = flat[$0] } }
  }
}
