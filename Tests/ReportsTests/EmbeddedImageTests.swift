import Foundation
import Notebooks
import TestImages
import Testing

/// Images beside a notebook are decoded before a page has them.
@Suite struct EmbeddedImageTests {
  private static let whole = PNGFile.flat(4, 5, [1, 2, 3])

  private static func fault(_ data: Data) -> String {
    if case .failure(let fault) = EmbeddedImage.read(data) { return "\(fault)" }
    return ""
  }

  @Test func aWholeImageHasItsSize() throws {
    let image = try EmbeddedImage.read(Self.whole).get()
    #expect(image.kind == .png && image.width == 4 && image.height == 5 && image.data == Self.whole)
    #expect(EmbeddedImage.pixelCount(Self.whole) == 20)
  }

  @Test func whatIsCutOffOrGoesOnIsRefused() {
    for length in 8..<Self.whole.count {
      #expect(Self.fault(Self.whole.prefix(length)).contains("damaged PNG"), "\(length) bytes")
    }
    #expect(Self.fault(Self.whole + Data("more".utf8)).contains("something follows its end"))
  }

  @Test func whatIsTooLargeIsRefused() {
    var bomb = Self.whole
    bomb.replaceSubrange(16..<24, with: [0, 0, 0x4E, 0x20, 0, 0, 0x4E, 0x20])
    #expect(Self.fault(bomb).hasPrefix("it is 20000x20000 pixels"))
  }

  @Test func thePageIsNotBuilt() {
    #expect(throws: (any Error).self) {
      try MarkupTests.render("![x](a.png)\n", files: ["a.png": Self.whole.dropLast(12)])
    }
  }
}
