import Kernels
public import Networks
import Text

/// A stage of a network's plan: which kernel it runs on and what that costs.
public struct PlannedStage: Sendable, Hashable {
  /// PyTorch's dotted child numbers of the layer that names the stage; empty for a stage without parameters.
  public var path: String
  /// The kernel, with what is fused to it.
  public var kernel: String
  /// Multiply-adds of an image's forward pass as the layer defines them.
  public var multiplyAdds: Int
  /// Multiply-adds that the kernel does instead.
  public var workedMultiplyAdds: Int
  /// Passes over them in a training step: forward, gradient of the weights, and of the input where it is wanted.
  public var passes: Int
  /// What a step costs, in multiply-adds of a large product: the rule by which kernels are chosen.
  public var cost: Double
}

extension FastPlan {
  /// All stages in the order the data flows.
  var planned: [PlannedStage] { stages.indices.map(planned(stage:)) + linears.map(planned) }

  private func planned(stage index: Int) -> PlannedStage {
    switch stages[index] {
    case .convolution(let stage): return planned(stage)
    case .maxPool: return passing("max pooling", outputs[index])
    case .localResponseNorm: return passing("normalization", outputs[index])
    case .relu: return passing("ReLU", outputs[index])
    }
  }

  private func planned(_ stage: ConvolutionStage) -> PlannedStage {
    let shape = stage.shape
    let adds = shape.K * shape.columnRows * shape.OH * shape.OW
    let passes = stage.needsInputGradient ? 3 : 2
    var name = stage.kernel.name
    if stage.relu { name += " + ReLU" }
    if stage.poolsInside { name += " + pooling" } else if stage.pool != nil { name += ", pooling" }
    return PlannedStage(
      path: layout.path(stage.tensors), kernel: name, multiplyAdds: adds,
      workedMultiplyAdds: stage.kernel.multiplyAdds, passes: passes, cost: Double(passes) * stage.kernel.cost)
  }

  private func passing(_ name: String, _ activation: Int) -> PlannedStage {
    let floats = activations[activation].size
    return PlannedStage(
      path: "", kernel: name, multiplyAdds: 0, workedMultiplyAdds: 0, passes: 2,
      cost: 2 * KernelCost.transform * Double(floats))
  }

  private func planned(_ linear: LinearStage) -> PlannedStage {
    let passes = linear.needsInputGradient ? 3 : 2
    var name = "whole-batch GEMM"
    if linear.relu { name += " + ReLU" }
    if linear.dropout != nil { name += " + dropout" }
    return PlannedStage(
      path: layout.path(linear.tensors), kernel: name, multiplyAdds: linear.inputs * linear.outputs,
      workedMultiplyAdds: linear.shape.weightFloats, passes: passes,
      cost: Double(passes * linear.shape.weightFloats))
  }
}

extension ParameterLayout {
  /// The layer whose tensors are at a place.
  func path(_ place: ParameterPlace) -> String {
    let key = tensors.first { $0.offset == place.weight }?.key ?? ""
    return String(key.prefix(max(0, key.count - ".weight".count)))
  }
}

/// The plan of a network for batches of a size.
///
/// Throws ``TrainingError`` for a network that cannot be trained here.
public func plannedStages(network: Network, batch: Int) throws(TrainingError) -> [PlannedStage] {
  try FastPlan(network, batchSize: batch).planned
}
