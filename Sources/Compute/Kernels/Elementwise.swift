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
/// x holds the elements `first ..< first + count` of the layer's output.
public func dropout(
  _ x: UnsafeMutablePointer<Float>, first: Int, count: Int, probability: Double, _ random: Philox
) {
  let threshold = UInt32(min(probability * 0x1p32, 0x1p32 - 1))
  let scale = Float(1 / (1 - probability))
  var index = 0
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 32) { words in
    let words = words.baseAddress!
    while index < count {
      // Numbers come in blocks of four, eight of which are made at once; a piece may begin within one.
      let place = first + index
      let skipped = place & 3
      random.eightBlocks(place >> 2, words)
      let some = min(32 - skipped, count - index)
      let (numbers, target) = (words + skipped, x + index)
      for i in 0..<some { target[i] = numbers[i] < threshold ? 0 : target[i] * scale }
      index += some
    }
  }
}

/// Adds `bias` to `count` rows, then ReLU if asked for: `target[t, i] = source[t, i] + bias[i]`, `columns` a multiple of 16.
public func addBias(
  _ source: UnsafePointer<Float>, row sourceRow: Int, count: Int, columns: Int, bias: UnsafePointer<Float>,
  relu: Bool, _ target: UnsafeMutablePointer<Float>, row targetRow: Int
) {
  for t in 0..<count {
    for i in stride(from: 0, to: columns, by: 16) {
      let value = load(source + t * sourceRow + i) + load(bias + i)
      store(relu ? rectified(value) : value, target + t * targetRow + i)
    }
  }
}

/// Bytes to 0…1: `y[i] = x[i] / 255`, as torchvision's `ToTensor`.
public func scaleToUnit(_ x: UnsafePointer<UInt8>, count: Int, _ y: UnsafeMutablePointer<Float>) {
  for i in 0..<count { y[i] = Float(x[i]) / 255 }
}

/// The same with `stride` floats from one value to the next: a channel of an image whose channels are innermost.
public func scaleToUnit(_ x: UnsafePointer<UInt8>, count: Int, _ y: UnsafeMutablePointer<Float>, stride: Int) {
  for i in 0..<count { y[i * stride] = Float(x[i]) / 255 }
}
