import Foundation
import Images
import TestImages
import Testing

@Suite struct DecodeTests {
  @Test func decodesGrayAndColors() throws {
    let gray = try PixelImage(Fixtures.data("gray.png"))
    #expect(gray == PixelImage(width: 8, height: 6, channels: 1, pixels: Fixtures.gray))
    let color = try PixelImage(Fixtures.data("rgb.png"))
    #expect(color == PixelImage(width: 8, height: 6, channels: 3, pixels: Fixtures.rgb))
    #expect(gray.isGray && !color.isGray)
    #expect(try ImageHeader(Fixtures.data("palette.png")).channels == 3)
    #expect(try PixelImage(Fixtures.data("palette.png")).pixels[..<9] == [32, 32, 32, 112, 112, 192, 192, 192, 32])
  }

  /// Sides and numbers of colors that need 1, 2, 4 and 8 bits a pixel, and pixels that do not compress.
  @Test(arguments: [(1, 1, 1), (9, 3, 2), (7, 5, 4), (33, 20, 16), (640, 480, 17), (301, 997, 256)])
  func whatIsEncodedWithAPaletteIsDecoded(width: Int, height: Int, count: Int) throws {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let colors = (0..<count).map { _ in UInt32(next(1 << 24)) }
    let indices = (0..<width * height).map { _ in UInt8(next(count)) }
    let png = try encodePNG(width: width, indices: indices, colors: colors)
    #expect(try encodePNG(width: width, indices: indices, colors: colors) == png)
    let image = try PixelImage(png)
    #expect(image.width == width && image.height == height && image.channels == 3)
    for (channel, shift) in [16, 8, 0].enumerated() {
      let plane = image.pixels[channel * width * height..<(channel + 1) * width * height]
      #expect(Array(plane) == indices.map { UInt8(colors[Int($0)] >> shift & 0xFF) })
    }
  }

  /// As Pillow reads them: a file's note of its color space changes no value.
  @Test(arguments: [
    ("gAMA", [0, 1, 0x86, 0xA0]), ("gAMA", [0, 0, 0xC3, 0x50]), ("gAMA", [0, 0, 0xB1, 0x8F]), ("sRGB", [0]),
    ("cHRM", [UInt8](repeating: 1, count: 32)),
  ])
  func colorSpacesAreLeftAlone(kind: String, content: [UInt8]) throws {
    let pixels = (0..<48).map { UInt8($0 * 5) }
    for (channels, width) in [(1, 8), (3, 4)] {
      var png = PNGFile.data(width: width, height: 4, channels: channels, Array(pixels.suffix(channels * width * 4)))
      let plain = try PixelImage(png)
      // Behind the signature and IHDR.
      png.insert(contentsOf: PNGFile.chunk(kind, content), at: 33)
      #expect(try PixelImage(png) == plain)
    }
  }

  @Test func sixteenBitsKeepTheirUpperEight() throws {
    #expect(try PixelImage(Fixtures.data("gray16.png")).pixels == Fixtures.gray)
  }

  @Test func whatIsTransparentShowsWhite() throws {
    let image = try PixelImage(Fixtures.data("rgba.png"))
    #expect(image.channels == 3)
    for pixel in 0..<48 {
      let alpha = Int(Fixtures.rgb[pixel])
      for channel in 0..<3 {
        let over = (Int(Fixtures.rgb[48 * channel + pixel]) * alpha + 255 * (255 - alpha) + 127) / 255
        #expect(Int(image.pixels[48 * channel + pixel]) == over)
      }
    }
    // Opaque all over.
    #expect(try PixelImage(Fixtures.data("la.png")).pixels == Fixtures.gray)
  }

  @Test(arguments: [("gray.jpg", 1, 4), ("rgb.jpg", 3, 16), ("progressive.jpg", 3, 90)])
  func decodesJPEG(name: String, channels: Int, tolerance: Int) throws {
    let image = try PixelImage(Fixtures.data(name))
    #expect(image.width == 8 && image.height == 6 && image.channels == channels)
    let expected = channels == 1 ? Fixtures.gray : Fixtures.rgb
    #expect(zip(image.pixels, expected).allSatisfy { abs(Int($0) - Int($1)) <= tolerance })
  }

  @Test func colorBecomesLumaAndGrayIsRepeated() throws {
    let color = try PixelImage(Fixtures.data("rgb.png"))
    #expect(color.converted(toChannels: 1).pixels == Fixtures.gray)
    let gray = color.converted(toChannels: 1)
    #expect(gray.converted(toChannels: 3).pixels == Fixtures.gray + Fixtures.gray + Fixtures.gray)
    #expect(gray.converted(toChannels: 3).isGray)
    #expect(gray.inverted.pixels == Fixtures.gray.map { 255 - $0 })
  }

  /// A header that claims more bits than there are would have the pixels unpacked to hundreds of times their size.
  @Test(arguments: [(0, 3), (2, 4), (3, 16), (4, 1), (6, 255), (1, 8), (255, 8)])
  func depthsThatThereAreNotAreRefused(colorType: UInt8, depth: UInt8) {
    var data = Fixtures.data("rgb.png")
    data[data.startIndex + 24] = depth
    data[data.startIndex + 25] = colorType
    for check in [{ _ = try PixelImage($0) }, { _ = try ImageHeader.checked($0, pixels: 48) }]
      as [(Data) throws -> Void]
    {
      let error = #expect(throws: ImageError.self) { try check(data) }
      #expect("\(error!)".contains("bits of color type"))
    }
  }

  @Test func otherColorsOfPrintingAreRefused() {
    #expect(throws: ImageError.printingColors) { try PixelImage(Fixtures.data("cmyk.jpg")) }
  }

  @Test(arguments: ["gray.png", "rgb.png", "palette.png", "rgba.png", "gray.jpg", "rgb.jpg", "progressive.jpg"])
  func everyTruncatedFileIsRefused(name: String) {
    let whole = Fixtures.data(name)
    for length in 0..<whole.count {
      #expect(throws: ImageError.self, "\(name), \(length) bytes") { try PixelImage(whole.prefix(length)) }
    }
  }

  @Test(arguments: ["gray.png", "rgb.png", "palette.png", "rgba.png", "la.png", "gray16.png"])
  func everyChangedByteOfACheckedFileIsFound(name: String) throws {
    let whole = Fixtures.data(name)
    #expect(try ImageHeader.checked(whole, pixels: 48).width == 8)
    #expect(throws: ImageError.tooManyPixels(width: 8, height: 6, limit: 47)) {
      try ImageHeader.checked(whole, pixels: 47)
    }
    #expect(throws: ImageError.self) { try ImageHeader.checked(whole + Data([0]), pixels: 48) }
    for index in whole.indices {
      var changed = whole
      changed[index] ^= 1
      #expect(throws: ImageError.self, "\(name), byte \(index)") { try ImageHeader.checked(changed, pixels: 48) }
    }
  }

  @Test func whatIsNoImageIsRefused() {
    for data in [Data(), Data("<script>alert(1)</script>".utf8), Data([0xFF, 0xD8]), Data([0x89, 0x50])] {
      #expect(throws: ImageError.unknownFormat) { try PixelImage(data) }
    }
  }

  @Test func sizesAreCheckedBeforeAnythingIsAllocated() {
    var png = Fixtures.data("gray.png")
    png.replaceSubrange(16..<24, with: [0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF])
    #expect(throws: ImageError.tooManyPixels(width: 65535, height: 65535, limit: ImageLimit.pixels)) {
      try PixelImage(png)
    }
    png.replaceSubrange(16..<24, with: [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1])
    #expect(throws: ImageError.self) { try PixelImage(png) }
    png.replaceSubrange(16..<24, with: [0, 0, 0, 0, 0, 0, 0, 1])
    #expect(throws: ImageError.self) { try PixelImage(png) }
    var jpeg = Fixtures.data("gray.jpg")
    // The frame header: height and width behind length and precision.
    let frame = jpeg.firstRange(of: [0xFF, 0xC0])!.upperBound
    jpeg.replaceSubrange(frame + 3..<frame + 7, with: [0xF0, 0x00, 0xF0, 0x00])
    #expect(throws: ImageError.tooManyPixels(width: 61440, height: 61440, limit: ImageLimit.pixels)) {
      try PixelImage(jpeg)
    }
  }

  @Test func changedBytesNeverEndTheProgram() {
    var state: UInt64 = 7
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    for name in ["rgb.png", "palette.png", "rgb.jpg", "progressive.jpg"] {
      for _ in 0..<300 {
        var data = Fixtures.data(name)
        for _ in 0...random(3) { data[random(data.count)] = UInt8(random(256)) }
        if let image = try? PixelImage(data) {
          #expect(image.pixels.count == image.channels * image.width * image.height)
        }
      }
    }
  }

  @Test func errorsSayWhatToDo() {
    let errors: [ImageError] = [
      .unknownFormat, .tooManyPixels(width: 9, height: 9, limit: 50), .damaged(format: .png, reason: "CRC error"),
      .printingColors,
    ]
    for error in errors { #expect("\(error)".count >= 30) }
    #expect("\(errors[2])" == "is a damaged PNG file (CRC error); get the file again, or remove it")
  }
}
