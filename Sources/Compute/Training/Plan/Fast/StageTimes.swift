import Kernels
public import Networks

/// What a stage of a plan took, alone on one thread.
public struct StageTime: Sendable, Hashable {
  public var stage: PlannedStage
  /// Seconds for one image.
  public var forwardSeconds: Double
  public var backwardSeconds: Double
}

extension FastEngine {
  /// Times every stage alone on one thread, forward and backward, the best of `repeats`.
  func stageTimes(repeats: Int) -> [StageTime] {
    func best(_ body: () -> Void) -> Double {
      var least = Double.infinity
      for _ in 0..<repeats {
        let began = seconds()
        body()
        least = min(least, seconds() - began)
      }
      return least
    }
    let batch = plan.batchSize
    let labels = [UInt8](repeating: 0, count: batch)
    // Fills every buffer with numbers of a real step.
    _ = gradient(count: batch, labels: labels)
    let sums = workspaces[0].sums.pointer
    var times: [(Double, Double)] = plan.stages.indices.map { index in
      let count = index >= plan.firstGrouped ? min(batch, plan.groupSize) : 1
      let group = Images(first: 0, count: count, slot: 0, lane: 0, thread: 0, keeps: true)
      let forwardTime = best { forward(index, group) }
      return (forwardTime / Double(count), best { backward(index, group, sums, false) } / Double(count))
    }
    let use = GradientUse(
      parameters: parameters.pointer, velocities: nil, kept: nil, learningRate: 0, momentum: 0, weightDecay: 0)
    for (index, linear) in plan.linears.enumerated() {
      let forwardTime = best { forwardLinear(index, batch, nil) }
      let backwardTime = best {
        if linear.needsInputGradient { backwardInput(index, batch, nil) }
        updateWeight(linear, index, batch, use)
      }
      times.append((forwardTime / Double(batch), backwardTime / Double(batch)))
    }
    return zip(plan.planned, times).map { StageTime(stage: $0, forwardSeconds: $1.0, backwardSeconds: $1.1) }
  }
}

/// The times of every stage of a network on one thread.
///
/// Throws ``TrainingError`` for a network that cannot be trained here.
public func measureStages(network: Network, batch: Int, repeats: Int) throws(TrainingError) -> [StageTime] {
  let engine = try FastEngine(network: network, batchSize: batch, threads: 1, momentum: false)
  engine.state = initialState(of: network, .kaiming, seed: 0)
  engine.setRandomInputs(count: batch, of: network)
  return engine.stageTimes(repeats: repeats)
}
