import Datasets
import Foundation
import Testing

@Suite struct ResizeTests {
  static func image(_ height: Int, _ width: Int) -> [UInt8] {
    var pixels: [UInt8] = []
    for r in 0..<height {
      for c in 0..<width {
        let sum: Int = 31 * r + 17 * c + 13 * ((r * c) % 7)
        pixels.append(UInt8(sum % 256))
      }
    }
    return pixels
  }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }

  @Test func largeIsAsPillowMakesIt() {
    let out = BilinearResize(height: 28, width: 28, outHeight: 224, outWidth: 224)(Self.image(28, 28))
    #expect(out.reduce(0) { $0 + Int($1) } == 6_357_936)
    #expect(Self.crc32(out) == 0x62c8_8640)
    #expect(Array(out[..<16]) == [0, 0, 0, 0, 1, 3, 5, 7, 10, 12, 14, 16, 18, 20, 22, 24])
    #expect(
      Array(out[(10 * 224 + 40)..<(10 * 224 + 52)]) == [151, 155, 158, 161, 165, 168, 171, 175, 179, 182, 185, 189])
    #expect(out[112 * 224 + 112] == 142)
  }

  @Test func smallIsAsPillowMakesIt() {
    let out = BilinearResize(height: 28, width: 28, outHeight: 96, outWidth: 96)(Self.image(28, 28))
    #expect(out.reduce(0) { $0 + Int($1) } == 1_167_454)
    #expect(Self.crc32(out) == 0xc88c_6832)
    #expect(Array(out[..<16]) == [0, 0, 4, 9, 14, 19, 24, 29, 34, 39, 44, 49, 53, 58, 63, 68])
    #expect(Array(out[(10 * 96 + 40)..<(10 * 96 + 52)]) == [52, 52, 52, 62, 76, 90, 100, 88, 76, 64, 73, 87])
    #expect(out[48 * 96 + 48] == 145)
  }

  @Test func everySizeIsAsPillowMakesIt() throws {
    let path = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/resize.json"
    let cases = try JSONDecoder().decode([[Int]].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(cases.count == 24)
    for sizes in cases {
      let resize = BilinearResize(height: sizes[0], width: sizes[1], outHeight: sizes[2], outWidth: sizes[3])
      #expect(Int(Self.crc32(resize(Self.image(sizes[0], sizes[1])))) == sizes[4], "\(sizes)")
    }
  }

  @Test func theSameSizeIsTheSamePicture() {
    let image = Self.image(64, 64)
    #expect(BilinearResize(height: 64, width: 64, outHeight: 64, outWidth: 64)(image) == image)
  }
}
