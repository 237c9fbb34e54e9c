import Kernels
import Testing

@Suite struct RandomTests {
  /// The known answers that the generator's authors publish.
  @Test func philoxGivesTheKnownAnswers() {
    #expect(
      Philox.rounds(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox.rounds(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.rounds(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func everyPartOfTheKeyMatters() {
    let words = [
      Philox(seed: 1, stream: 2, epoch: 3, step: 4), Philox(seed: 2, stream: 2, epoch: 3, step: 4),
      Philox(seed: 1 << 32 | 1, stream: 2, epoch: 3, step: 4), Philox(seed: 1, stream: 3, epoch: 3, step: 4),
      Philox(seed: 1, stream: 2, epoch: 4, step: 4), Philox(seed: 1, stream: 2, epoch: 3, step: 5),
    ].map { $0.block(0) }
    #expect(Set(words).count == words.count)
  }

  @Test func aPermutationHasEachPlaceOnce() {
    for count in [0, 1, 2, 10, 1000] {
      let order = permutation(count: count, Philox(seed: 5, stream: 1))
      #expect(order.sorted() == (0..<Int32(count)).map { $0 })
      #expect(order == permutation(count: count, Philox(seed: 5, stream: 1)))
    }
    #expect(
      permutation(count: 1000, Philox(seed: 5, stream: 1)) != permutation(count: 1000, Philox(seed: 6, stream: 1)))
    // Each place is first about equally often.
    var firsts = [Int](repeating: 0, count: 8)
    for epoch in 0..<8000 { firsts[Int(permutation(count: 8, Philox(seed: 1, stream: 1, epoch: epoch))[0])] += 1 }
    #expect(firsts.allSatisfy { abs($0 - 1000) < 150 })
  }

  @Test func uniformNumbersFillTheirRange() {
    let values = numbers(100_000, 77)
    #expect(values.allSatisfy { $0 >= -1 && $0 < 1 })
    let mean = values.reduce(0.0) { $0 + Double($1) } / 100_000
    let square = values.reduce(0.0) { $0 + Double($1) * Double($1) } / 100_000
    #expect(abs(mean) < 0.01 && abs(square - 1 / 3.0) < 0.01)
  }
}
