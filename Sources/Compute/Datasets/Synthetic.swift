/// A small generated set of ten classes, for tests and for trying things out: each class is a bright patch at a place of
/// its own over noise, so that a network learns it within seconds.
///
/// The same images come out everywhere.
public func syntheticDataset(training: Int, test: Int) -> Dataset {
  Dataset(
    name: "synthetic", training: syntheticImages(count: training, salt: 1), test: syntheticImages(count: test, salt: 2),
    digests: [:])
}

private func syntheticImages(count: Int, salt: UInt64) -> ImageSet {
  let side = 28
  var random = SplitMix(state: salt)
  var pixels: [UInt8] = []
  pixels.reserveCapacity(count * side * side)
  var labels: [UInt8] = []
  for _ in 0..<count {
    let label = Int(random.next() % 10)
    let top = 2 + label / 5 * 12 + Int(random.next() % 3)
    let left = 1 + label % 5 * 5 + Int(random.next() % 2)
    for row in 0..<side {
      for column in 0..<side {
        let inside = row >= top && row < top + 10 && column >= left && column < left + 5
        pixels.append(UInt8(random.next() % 64) + (inside ? 160 : 0))
      }
    }
    labels.append(UInt8(label))
  }
  return ImageSet(height: side, width: side, pixels: pixels, labels: labels, classes: 10)
}

/// Steele, Lea & Flood's SplitMix64.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
