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
