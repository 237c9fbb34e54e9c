import Kernels

/// The Linear layers, which work on the whole batch at once.
extension FastEngine {
  /// What a Linear layer works on, and the floats from row to row.
  private func input(_ index: Int) -> (UnsafeMutablePointer<Float>, row: Int) {
    guard index == 0 else { return (linearOutputs[index - 1].pointer, plan.linears[index - 1].shape.O) }
    return (kept[plan.activations.count - 1]!.pointer, plan.featureFloats)
  }

  func forwardLinears(_ count: Int, _ key: DropoutKey?) {
    for index in plan.linears.indices {
      timed(index, isForward: true) { forwardLinear(index, count, key) }
    }
  }

  /// Works at a Linear layer; on the clock, if there is one.
  private func timed(_ index: Int, isForward: Bool, _ body: () -> Void) {
    guard let clock else { return body() }
    clock.time(stage: plan.stages.count + index, isForward: isForward, body)
  }

  func forwardLinear(_ index: Int, _ count: Int, _ key: DropoutKey?) {
    do {
      let linear = plan.linears[index]
      let shape = linear.shape
      let (input, inputRow) = input(index)
      let output = linearOutputs[index].pointer
      let (weight, bias) = (parameters.pointer + linear.weight, parameters.pointer + linear.bias)
      let step = LinearShape.outputSlice
      threadPool.run(tasks: (shape.O + step - 1) / step) { task, thread in
        let range = task * step..<min((task + 1) * step, shape.O)
        let results = workspaces[thread].scratch.pointer
        linearForward(shape, input: input, inputRow: inputRow, weight: weight, outputs: range, results)
        addBias(
          results, row: range.count + 16, count: count, columns: range.count, bias: bias + range.lowerBound,
          relu: linear.relu, output + range.lowerBound, row: shape.O)
        guard let dropout = linear.dropout, let key else { return }
        let random = key.random(layer: dropout.index)
        let used = min(range.count, linear.outputs - range.lowerBound)
        for row in 0..<count {
          Kernels.dropout(
            output + row * shape.O + range.lowerBound, first: row * linear.outputs + range.lowerBound, count: used,
            probability: dropout.probability, random)
        }
      }
    }
  }

  /// The gradient with respect to the logits, `[count, O]`, as the last layer's products want it.
  func packLogitGradient(_ count: Int) {
    let last = plan.linears.count - 1
    packOutputGradient(
      logitGradient.pointer, plan.linears[last].shape, outputs: plan.classes, count: count,
      rows: plan.linears[last].shape.N,
      panels: linearGradients[last].panels.pointer, transposed: linearGradients[last].transposed.pointer)
  }

  func backwardLinears(_ count: Int, _ key: DropoutKey?, _ use: GradientUse) {
    for index in plan.linears.indices.reversed() {
      let linear = plan.linears[index]
      timed(index, isForward: false) {
        if linear.needsInputGradient { backwardInput(index, count, key) }
        updateWeight(linear, index, count, use)
      }
    }
  }

  func backwardInput(_ index: Int, _ count: Int, _ key: DropoutKey?) {
    let linear = plan.linears[index]
    let shape = linear.shape
    let weight = parameters.pointer + linear.weight
    let gradients = linearGradients[index].transposed.pointer
    let step = LinearShape.inputSlice
    let features = plan.featureFloats
    threadPool.run(tasks: (shape.I + step - 1) / step) { task, thread in
      let range = task * step..<min((task + 1) * step, shape.I)
      let results = workspaces[thread].scratch.pointer
      linearInputGradient(shape, gradients: gradients, weight: weight, inputs: range, results)
      guard index > 0 else {
        spreadLinearGradient(results, shape, inputs: range, count: count, featureGradient.pointer, row: features)
        return
      }
      let below = plan.linears[index - 1]
      if let dropout = below.dropout, !below.relu, let key {
        // Without ReLU nothing in the output tells what was dropped: the numbers are drawn again.
        let random = key.random(layer: dropout.index)
        for i in range where i < below.outputs {
          for t in 0..<count {
            let place = results + (i - range.lowerBound) * (shape.N + 16) + t
            Kernels.dropout(
              place, first: t * below.outputs + i, count: 1, probability: dropout.probability, random)
          }
        }
      }
      packLinearGradient(
        results, below.shape, inputs: range, count: count, rows: shape.N,
        open: below.relu ? linearOutputs[index - 1].pointer : nil, scale: key == nil ? 1 : below.scale,
        panels: linearGradients[index - 1].panels.pointer,
        transposed: linearGradients[index - 1].transposed.pointer)
    }
  }

  func updateWeight(_ linear: LinearStage, _ index: Int, _ count: Int, _ use: GradientUse) {
    let shape = linear.shape
    let (input, inputRow) = input(index)
    let gradients = linearGradients[index].panels.pointer
    let step = LinearShape.inputSlice
    let pieces = (shape.I + step - 1) / step
    threadPool.run(tasks: pieces + 1) { task, thread in
      if task == pieces {
        linearBiasGradient(shape, gradients: gradients, count: count, rows: shape.N, bias: linear.bias, use)
        return
      }
      let range = task * step..<min((task + 1) * step, shape.I)
      let memory = workspaces[thread].scratch.pointer
      packLinearInput(input: input, inputRow: inputRow, count: count, inputs: range, memory + 256)
      linearWeightGradient(
        shape, packed: memory + 256, gradients: gradients, count: count, rows: shape.N, inputs: range,
        weight: linear.weight, use, scratch: memory)
    }
  }
}
