/// `x = max(x, 0)`.
public func reluForward(_ x: UnsafeMutablePointer<Float>, count: Int) {
  for i in 0..<count {
    let value = x[i]
    // A NaN stays one, as in PyTorch, so that a diverged training is noticed.
    x[i] = value < 0 ? 0 : value
  }
}

/// Zeroes the gradient where the output was not positive; the gradient at 0 is 0, as in PyTorch.
public func reluBackward(output: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, count: Int) {
  for i in 0..<count {
    gradient[i] = output[i] > 0 ? gradient[i] : 0
  }
}

/// The sum of `count` floats, in sixteen lanes that are added at the end.
public func sum(_ x: UnsafePointer<Float>, count: Int) -> Float {
  var lanes = SIMD16<Float>.zero
  let whole = count & ~15
  var index = 0
  while index < whole {
    lanes += UnsafeRawPointer(x + index).loadUnaligned(as: SIMD16<Float>.self)
    index += 16
  }
  var rest: Float = 0
  while index < count {
    rest += x[index]
    index += 1
  }
  return lanes.sum() + rest
}

/// `y += x`.
public func add(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int) {
  for i in 0..<count { y[i] += x[i] }
}

/// Zeroes each value with `probability` and scales the others by `1 / (1 − probability)`. The same numbers, drawn again,
/// take the gradient back through it.
///
/// x holds the elements `first ..< first + count` of the layer's output; `first` is a multiple of 4.
public func dropout(
  _ x: UnsafeMutablePointer<Float>, first: Int, count: Int, probability: Double, _ random: Philox
) {
  precondition(first % 4 == 0, "element \(first) does not begin a block of four random numbers")
  let threshold = UInt32(min(probability * 0x1p32, 0x1p32 - 1))
  let scale = Float(1 / (1 - probability))
  var index = 0
  while index < count {
    let words = random.block((first + index) >> 2)
    for lane in 0..<min(4, count - index) {
      x[index + lane] = words[lane] < threshold ? 0 : x[index + lane] * scale
    }
    index += 4
  }
}
