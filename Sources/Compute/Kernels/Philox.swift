/// Counter-based random numbers: Philox 4×32 with ten rounds.
///
/// A number is a function of the seed, a stream, an epoch, a step and an index, so any of them can be had without those
/// before it, in any order, by any thread.
/// Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
public struct Philox: Sendable {
  private let key: SIMD2<UInt32>
  private let stream: UInt32
  private let epoch: UInt32
  private let step: UInt32

  public init(seed: UInt64, stream: UInt32, epoch: Int = 0, step: Int = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
    self.epoch = UInt32(truncatingIfNeeded: epoch)
    self.step = UInt32(truncatingIfNeeded: step)
  }

  /// The four numbers of one block.
  public func block(_ index: Int) -> SIMD4<UInt32> {
    Self.rounds(counter: SIMD4(UInt32(truncatingIfNeeded: index), step, epoch, stream), key: key)
  }

  /// The 32 numbers of blocks `index ..< index + 8`, made side by side.
  func eightBlocks(_ index: Int, _ words: UnsafeMutablePointer<UInt32>) {
    typealias Eight = SIMD8<UInt64>
    let low = Eight(repeating: 0xFFFF_FFFF)
    let half = Eight(repeating: 32)
    let (first, second) = (Eight(repeating: 0xD251_1F53), Eight(repeating: 0xCD9E_8D57))
    var c0 = (Eight(repeating: UInt64(truncatingIfNeeded: index)) &+ Eight(0, 1, 2, 3, 4, 5, 6, 7)) & low
    var c1 = Eight(repeating: UInt64(step))
    var c2 = Eight(repeating: UInt64(epoch))
    var c3 = Eight(repeating: UInt64(stream))
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let product0 = first &* c0
      let product1 = second &* c2
      c0 = (product1 &>> half) ^ c1 ^ Eight(repeating: UInt64(k0))
      c2 = (product0 &>> half) ^ c3 ^ Eight(repeating: UInt64(k1))
      c1 = product1 & low
      c3 = product0 & low
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    // Numbers 0 and 1 of each block in one word, 2 and 3 in the next.
    let front = c0 | (c1 &<< half)
    let back = c2 | (c3 &<< half)
    let target = UnsafeMutableRawPointer(words)
    for block in 0..<8 {
      target.storeBytes(of: front[block], toByteOffset: 16 * block, as: UInt64.self)
      target.storeBytes(of: back[block], toByteOffset: 16 * block + 8, as: UInt64.self)
    }
  }

  /// The `index`-th number of the stream.
  public func word(_ index: Int) -> UInt32 { block(index >> 2)[index & 3] }

  /// Uniform in [0, 1), a multiple of 2⁻²⁴.
  public func uniform(_ index: Int) -> Float { Float(word(index) >> 8) * 0x1p-24 }

  /// The ten rounds themselves.
  public static func rounds(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for round in 0..<10 {
      if round > 0 { key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85) }
      let first = 0xD251_1F53 * UInt64(counter[0])
      let second = 0xCD9E_8D57 * UInt64(counter[2])
      counter = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ counter[1] ^ key[0], UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ counter[3] ^ key[1], UInt32(truncatingIfNeeded: first))
    }
    return counter
  }
}

/// Fills `values` with numbers uniform in [−bound, bound), the stream's numbers from 0 on.
public func fillUniform(_ values: UnsafeMutablePointer<Float>, count: Int, bound: Float, _ random: Philox) {
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 32) { words in
    let words = words.baseAddress!
    for first in stride(from: 0, to: count, by: 32) {
      random.eightBlocks(first >> 2, words)
      for i in 0..<min(32, count - first) { values[first + i] = (Float(words[i] >> 8) * 0x1p-24 * 2 - 1) * bound }
    }
  }
}

/// A permutation of `0..<count` by Fisher and Yates's exchange.
public func permutation(count: Int, _ random: Philox) -> [Int32] {
  var order = (0..<Int32(count)).map { $0 }
  guard count > 1 else { return order }
  for index in stride(from: count - 1, to: 0, by: -1) {
    // 32 random bits times the range: the bias is below 2⁻¹⁵ for the largest sets here.
    let other = Int((UInt64(random.word(index)) * UInt64(index + 1)) >> 32)
    order.swapAt(index, other)
  }
  return order
}
