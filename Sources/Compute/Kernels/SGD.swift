/// One update of plain stochastic gradient descent: `w −= learningRate · (g + weightDecay · w)`.
///
/// Source: https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
public func sgdUpdate(
  _ weight: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, count: Int, learningRate: Float,
  weightDecay: Float
) {
  for i in 0..<count {
    weight[i] -= learningRate * (gradient[i] + weightDecay * weight[i])
  }
}

/// The same with momentum: `v = momentum · v + g + weightDecay · w`, `w −= learningRate · v`; v begins at zero.
public func sgdUpdate(
  _ weight: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, velocity: UnsafeMutablePointer<Float>,
  count: Int, learningRate: Float, momentum: Float, weightDecay: Float
) {
  for i in 0..<count {
    let change = momentum * velocity[i] + gradient[i] + weightDecay * weight[i]
    velocity[i] = change
    weight[i] -= learningRate * change
  }
}

/// What is done with a gradient as soon as it is known, a piece at a time: it is kept, or its parameters make a step.
public struct GradientUse: @unchecked Sendable {
  /// All parameters; the other two have the same poolIndices.
  public var parameters: UnsafeMutablePointer<Float>
  /// With momentum.
  public var velocities: UnsafeMutablePointer<Float>?
  /// Where gradients are kept instead of being used.
  public var kept: UnsafeMutablePointer<Float>?
  public var learningRate: Float
  public var momentum: Float
  public var weightDecay: Float

  public init(
    parameters: UnsafeMutablePointer<Float>, velocities: UnsafeMutablePointer<Float>?,
    kept: UnsafeMutablePointer<Float>?, learningRate: Float, momentum: Float, weightDecay: Float
  ) {
    self.parameters = parameters
    self.velocities = velocities
    self.kept = kept
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// Uses the gradients of parameters `place ..< place + count`.
  public func apply(_ place: Int, count: Int, _ gradients: UnsafePointer<Float>) {
    if let kept {
      (kept + place).update(from: gradients, count: count)
    } else if let velocities {
      sgdUpdate(
        parameters + place, gradient: gradients, velocity: velocities + place, count: count,
        learningRate: learningRate, momentum: momentum, weightDecay: weightDecay)
    } else {
      sgdUpdate(
        parameters + place, gradient: gradients, count: count, learningRate: learningRate, weightDecay: weightDecay)
    }
  }
}
