import Foundation
import Networks
import Testing
import Training

@Suite struct SafetensorsTests {
  static let state = StateDictionary(tensors: [
    .init(key: "0.0.weight", shape: [2, 1, 1, 1], values: [1.5, -2]),
    .init(key: "0.0.bias", shape: [2], values: [0, .nan]),
  ])

  @Test func comesBackAsItWent() throws {
    let network = try NetworkConfiguration(.architecture(.alexnet), ratio: 16)
      .build(input: .image(channels: 1, height: 75, width: 75), classes: 10)
    let state = initialState(of: network, .kaiming, seed: 2)
    let back = try StateDictionary(safetensors: state.safetensors)
    #expect(back == state)
    #expect(back.mismatch(with: network) == nil)
  }

  @Test func theBytesAreTheFormats() throws {
    let data = Self.state.safetensors
    let length = Int(data[0]) | Int(data[1]) << 8
    #expect((8 + length) % 8 == 0)
    let header = try #require(
      JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: [String: Any]])
    #expect(header["0.0.bias"]?["dtype"] as? String == "F32")
    #expect(header["0.0.bias"]?["data_offsets"] as? [Int] == [8, 16])
    #expect(data.count == 8 + length + 16)
    #expect(Array(data[(8 + length)..<(12 + length)]) == [0, 0, 0xC0, 0x3F])
  }

  static func file(_ header: String, _ body: [UInt8] = []) -> Data {
    var data = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    return data + Data(header.utf8) + Data(body)
  }

  @Test(arguments: [
    (Data([1, 2]), SafetensorsError.tooShort(bytes: 2)),
    (Data(repeating: 0xFF, count: 16), .headerLength(found: .max, available: 8)),
    (file("[]"), .headerNotJSON),
    (
      file(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        [0, 0, 0, 0]), .headerNotJSON
    ),
    (file("{\"a\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}", [1]), .notFloat32(key: "a", type: "I8")),
    (file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"), .badOffsets(key: "a")),
    (file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}"), .badOffsets(key: "a")),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", [0, 0, 0, 0]),
      .badShape(key: "a", shape: [2])
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}", [0, 0, 0, 0]),
      .badShape(key: "a", shape: [4_611_686_018_427_387_904, 4])
    ),
    (
      file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", [0, 0, 0, 0, 1]), .gapOrOverlap(byte: 4)
    ),
  ])
  func nothingIsBelievedUnchecked(data: Data, error: SafetensorsError) {
    #expect(throws: error) { try StateDictionary(safetensors: data) }
  }

  @Test func everyTruncationIsNoticed() {
    let data = Self.state.safetensors
    for count in 0..<data.count {
      #expect(throws: SafetensorsError.self) { try StateDictionary(safetensors: data.prefix(count)) }
    }
  }
}
