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

  /// Numbers are made 32 at a time there, but are those of the blocks, one after the other.
  @Test func uniformNumbersAreTheBlocksInOrder() {
    let random = Philox(seed: 0xFEDC_BA98_7654_3210, stream: 0x89AB_CDEF, epoch: 0xF123_4567, step: 0xE765_4321)
    for count in [0, 1, 3, 4, 31, 32, 33, 127, 1000] {
      let values = Memory<Float>(unwritten: count)
      fillUniform(values.pointer, count: count, bound: 1, random)
      // A multiple of 2⁻²³, so that the upper 24 bits of each number can be told.
      let words = values.elements.map { UInt32((Double($0) + 1) * 0x1p23) }
      let expected = (0..<(count + 3) / 4).flatMap { index in
        let block = random.block(index)
        return (0..<4).map { block[$0] >> 8 }
      }
      #expect(words == Array(expected[..<count]))
      #expect(values.isIntact)
    }
    #expect((0..<100).allSatisfy { random.word($0) == random.block($0 / 4)[$0 % 4] })
    #expect((0..<100).allSatisfy { random.uniform($0) == Float(random.word($0) >> 8) / 0x1p24 })
  }

  /// A number is dropped if it is less than the probability, to the last of its 32 bits.
  @Test func dropoutComparesWholeNumbers() {
    let random = Philox(seed: 0xFEDC_BA98_7654_3210, stream: 0x89AB_CDEF, epoch: 0xF123_4567, step: 0xE765_4321)
    for index in 0..<200 {
      let word = random.word(index)
      for (threshold, isKept) in [(Double(word), true), (Double(word) + 1, false)] where threshold < 0x1p32 {
        var value: Float = 1
        dropout(&value, first: index, count: 1, probability: threshold / 0x1p32, random)
        #expect((value != 0) == isKept)
      }
    }
  }

  @Test func dropoutOfPiecesIsThatOfTheWhole() {
    let count = 1000
    let random = Philox(seed: 7, stream: 3, epoch: 2, step: 9)
    let values = numbers(count + 5, 540)
    let whole = Memory(values)
    dropout(whole.pointer, first: 0, count: count, probability: 0.3, random)
    #expect(whole.elements[count...] == values[count...])
    for piece in [1, 2, 3, 5, 7, 29, 30, 31, 33, 61, 100] {
      let pieces = Memory(values)
      for first in stride(from: 0, to: count, by: piece) {
        dropout(
          pieces.pointer + first, first: first, count: min(piece, count - first), probability: 0.3, random)
      }
      #expect(pieces.elements == whole.elements && pieces.isIntact, "pieces of \(piece)")
    }
    for (index, value) in whole.elements[..<count].enumerated() {
      #expect(value == 0 || value == values[index] * Float(1 / (1 - 0.3)))
    }
  }
}
