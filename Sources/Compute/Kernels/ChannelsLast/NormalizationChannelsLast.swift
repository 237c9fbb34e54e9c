/// Local response normalization with the channels innermost: ``localResponseNormForward(_:channels:positions:_:_:scale:)``
/// on the interior of `[H, W, S]`, `channels` of S stored ones in use.
///
/// scale `[H, W, S]` is kept for the backward pass; scratch is three times S and 32 floats.
public func normalizeChannelsLast(
  height: Int, width: Int, channels: Int, _ constants: NormalizationConstants, input: Plane, output: Plane,
  scale: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
  let S = storedChannels(channels)
  let share = constants.alpha / Float(constants.size)
  for row in 0..<height {
    for column in 0..<width {
      let x = input.base + row * input.row + column * S
      let y = output.base + row * output.row + column * S
      let s = scale + (row * width + column) * S
      for c in 0..<S { scratch[c] = x[c] * x[c] }
      for c in 0..<channels {
        var total: Float = 0
        for other in constants.neighbors(c, of: channels) { total += scratch[other] }
        s[c] = constants.k + share * total
      }
      for c in channels..<S { s[c] = 1 }
      for c in 0..<S { y[c] = x[c] * power(s[c], -constants.beta) }
    }
  }
}

/// Adds the gradient with respect to the input; both gradients are interiors of `[H, W, S]`.
public func normalizeChannelsLastBackward(
  height: Int, width: Int, channels: Int, _ constants: NormalizationConstants, input: Plane,
  scale: UnsafePointer<Float>, gradient: Plane, inputGradient: Plane, scratch: UnsafeMutablePointer<Float>
) {
  let S = storedChannels(channels)
  let factor = -2 * constants.alpha * constants.beta / Float(constants.size)
  for row in 0..<height {
    for column in 0..<width {
      let x = input.base + row * input.row + column * S
      let dy = gradient.base + row * gradient.row + column * S
      let dx = inputGradient.base + row * inputGradient.row + column * S
      let s = scale + (row * width + column) * S
      let (roots, shares) = (scratch, scratch + S)
      for c in 0..<S {
        roots[c] = power(s[c], -constants.beta)
        shares[c] = dy[c] * x[c] * roots[c] / s[c]
        dx[c] += dy[c] * roots[c]
      }
      for c in 0..<channels {
        for other in constants.neighbors(c, of: channels) { dx[other] += factor * x[other] * shares[c] }
      }
    }
  }
}
