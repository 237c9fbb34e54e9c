import Kernels
public import Networks

/// What one layer, with everything fused to it, took of a step.
public struct StageTime: Sendable, Hashable {
  /// PyTorch's dotted child numbers of the layer that names the stage.
  public var path: String
  public var kernel: String
  /// Multiply-adds of forward as the layer defines it, for one picture.
  public var multiplyAdds: Int
  /// Multiply-adds that the kernel does, forward.
  public var workedMultiplyAdds: Int
  /// Seconds of one thread for one picture.
  public var forwardSeconds: Double
  public var backwardSeconds: Double
}

extension FastEngine {
  /// Times every stage alone on one thread, forward and backward, the best of `repeats`.
  func stageTimes(repeats: Int) -> [StageTime] {
    packKernels()
    let count = min(plan.batchSize, plan.groupSize)
    let labels = [UInt8](repeating: 0, count: plan.batchSize)
    _ = labels.withUnsafeBufferPointer { gradient(count: plan.batchSize, labels: $0.baseAddress!) }
    func best(_ body: () -> Void) -> Double {
      var least = Double.infinity
      for _ in 0..<repeats {
        let began = seconds()
        body()
        least = min(least, seconds() - began)
      }
      return least
    }
    var found: [StageTime] = []
    for index in plan.stages.indices {
      let isGrouped = index >= plan.firstGrouped
      let group = Pictures(first: 0, count: isGrouped ? count : 1, slot: 0, lane: 0, thread: 0, keeps: true)
      let forwardTime = best { forward(index, group) } / Double(group.count)
      let backwardTime = best { backward(index, group, workshops[0].sums.pointer, false) } / Double(group.count)
      let (path, kernel, adds, worked) = plan.describe(stage: index)
      found.append(
        StageTime(
          path: path, kernel: kernel, multiplyAdds: adds, workedMultiplyAdds: worked, forwardSeconds: forwardTime,
          backwardSeconds: backwardTime))
    }
    let use = GradientUse(
      parameters: parameters.pointer, velocities: nil, kept: nil, learningRate: 0, momentum: 0, weightDecay: 0)
    let batch = plan.batchSize
    for (index, linear) in plan.linears.enumerated() {
      let forwardTime = best { forwardLinear(index, batch, nil) }
      let backwardTime = best {
        if linear.needsInputGradient { backwardInput(index, batch, nil) }
        updateWeight(linear, index, batch, use)
      }
      found.append(
        StageTime(
          path: plan.layout.path(linear.tensors), kernel: "whole-batch GEMM",
          multiplyAdds: linear.inputs * linear.outputs, workedMultiplyAdds: linear.shape.weightFloats,
          forwardSeconds: forwardTime / Double(batch), backwardSeconds: backwardTime / Double(batch)))
    }
    return found
  }
}

extension FastPlan {
  /// A stage's layer, kernel, and multiply-adds of a picture: as the layer defines them, and as the kernel does them.
  func describe(stage index: Int) -> (path: String, kernel: String, multiplyAdds: Int, worked: Int) {
    switch stages[index] {
    case .convolution(let stage):
      let shape = stage.shape
      let adds = shape.K * shape.columnRows * shape.OH * shape.OW
      let worked =
        switch stage.kernel {
        case .winograd(let winograd): winograd.multiplyAdds
        case .first: adds
        case .implicit(let implicit): implicit.H * implicit.storedWidth * implicit.R * implicit.run * implicit.K
        }
      return (layout.path(stage.tensors), stage.kernel.name, adds, worked)
    case .maxPool: return ("", "pooling", 0, 0)
    case .localResponseNorm: return ("", "normalisation", 0, 0)
    case .relu: return ("", "ReLU", 0, 0)
    }
  }
}

extension ParameterLayout {
  /// The layer whose tensors stand at a place.
  func path(_ place: ParameterPlace) -> String {
    let key = tensors.first { $0.offset == place.weight }?.key ?? ""
    return String(key.prefix(max(0, key.count - ".weight".count)))
  }
}

/// The times of every stage of a network on one thread.
///
/// Throws ``TrainingError`` for a network that cannot be trained here.
public func measureStages(network: Network, batch: Int, repeats: Int) throws(TrainingError) -> [StageTime] {
  let engine = try FastEngine(network: network, batchSize: batch, threads: 1, momentum: false)
  engine.state = initialState(of: network, .kaiming, seed: 0)
  let picture = [Float](unsafeUninitializedCapacity: network.input.count) { buffer, count in
    fillUniform(buffer.baseAddress!, count: network.input.count, bound: 1, Philox(seed: 1, stream: 0x3000))
    count = network.input.count
  }
  for index in 0..<batch { engine.setInput(index, picture) }
  return engine.stageTimes(repeats: repeats)
}
