import Compression
import Foundation
import Testing

@Suite struct CompressionTests {
  @Test func bytesComeBack() throws {
    for count in [0, 1, 1000, 300_000] {
      let data = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) })
      #expect(try inflated(deflated(data), limit: count) == data)
      #expect(try gunzip(gzipped(data), limit: count) == data)
      #expect(deflated(data) == deflated(data))
    }
  }

  @Test func bombsAndDamageAreRefused() throws {
    let bomb = deflated(Data(count: 50 << 20))
    #expect(bomb.count < 100_000)
    #expect(throws: CompressionError.unpacksTooLarge(limit: 1 << 20)) { try inflated(bomb, limit: 1 << 20) }
    let packed = deflated(Data("some bytes to be packed".utf8))
    #expect(throws: CompressionError.endsTooEarly) { try inflated(packed.dropLast(3), limit: 100) }
    #expect(throws: CompressionError.trailing(bytes: 2)) { try inflated(packed + [1, 2], limit: 100) }
    #expect(throws: CompressionError.self) { try inflated(Data([1, 2, 3]), limit: 100) }
    #expect(throws: CompressionError.endsTooEarly) { try inflated(Data(), limit: 100) }
  }
}
