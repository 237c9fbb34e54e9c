/// The constants of local response normalization over channels.
public struct NormalizationConstants: Sendable, Hashable {
  public let size: Int
  public let alpha: Float
  public let beta: Float
  public let k: Float

  public init(size: Int, alpha: Float, beta: Float, k: Float) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  /// The channels that channel `c` is normalized by: `size / 2` before it, the rest after.
  func neighbors(_ c: Int, of channels: Int) -> Range<Int> {
    max(0, c - size / 2)..<min(channels, c - size / 2 + size)
  }
}

/// `output = input · scale^(−beta)` with `scale = k + alpha / size · Σ input²` over neighboring channels.
///
/// input, output and scale `[C, P]`; scale is kept for the backward pass.
/// Source: https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
public func localResponseNormForward(
  _ input: UnsafePointer<Float>, channels: Int, positions: Int, _ constants: NormalizationConstants,
  _ output: UnsafeMutablePointer<Float>, scale: UnsafeMutablePointer<Float>
) {
  let share = constants.alpha / Float(constants.size)
  for c in 0..<channels {
    let line = scale + c * positions
    line.update(repeating: 0, count: positions)
    for other in constants.neighbors(c, of: channels) {
      let x = input + other * positions
      for p in 0..<positions { line[p] += x[p] * x[p] }
    }
    for p in 0..<positions { line[p] = constants.k + share * line[p] }
    let x = input + c * positions
    let y = output + c * positions
    for p in 0..<positions { y[p] = x[p] * power(line[p], -constants.beta) }
  }
}

/// The gradient with respect to the input, `[C, P]`, overwritten; scratch `[C, P]`.
///
/// `dx = dy · s^(−β) − 2·α·β/size · x · Σ dy·x·s^(−β−1)` over the channels whose neighbors include this one.
public func localResponseNormBackward(
  _ input: UnsafePointer<Float>, scale: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>, channels: Int,
  positions: Int, _ constants: NormalizationConstants, _ inputGradient: UnsafeMutablePointer<Float>,
  scratch: UnsafeMutablePointer<Float>
) {
  let count = channels * positions
  for i in 0..<count {
    let root = power(scale[i], -constants.beta)
    inputGradient[i] = outputGradient[i] * root
    scratch[i] = outputGradient[i] * input[i] * root / scale[i]
  }
  let factor = -2 * constants.alpha * constants.beta / Float(constants.size)
  for c in 0..<channels {
    for other in constants.neighbors(c, of: channels) {
      let x = input + other * positions
      let target = inputGradient + other * positions
      let share = scratch + c * positions
      for p in 0..<positions { target[p] += factor * x[p] * share[p] }
    }
  }
}
