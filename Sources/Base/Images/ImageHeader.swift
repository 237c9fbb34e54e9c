internal import CTurboJPEG
public import Foundation

/// The formats that are read.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
  case png, jpeg

  /// As people write it.
  public var name: String { rawValue.uppercased() }
}

/// The bounds of what is decoded: checked before anything is allocated.
public enum ImageLimit {
  /// The bytes of a file.
  public static let fileBytes = 64 << 20
  /// The pixels of an image, wide times high.
  public static let pixels = 50_000_000
}

/// What an image file says of itself before it is decoded.
public struct ImageHeader: Sendable, Hashable {
  /// By the file's first bytes, whatever its name is.
  public let format: ImageFormat
  /// In pixels.
  public let width: Int
  /// In pixels.
  public let height: Int
  /// 1 for a file of gray values, 3 for one of colors, however gray they are.
  public let channels: Int

  /// Reads the header of a whole file. Throws ``ImageError``.
  public init(_ data: Data) throws(ImageError) {
    if data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      try self.init(png: data)
    } else if data.starts(with: [0xFF, 0xD8, 0xFF]) {
      try self.init(jpeg: data)
    } else {
      throw .unknownFormat
    }
    // Two numbers below 2³²: no overflow.
    guard width * height <= ImageLimit.pixels else {
      throw .tooManyPixels(width: width, height: height, limit: ImageLimit.pixels)
    }
  }

  /// Decodes a whole file of at most so many pixels, to know that it is whole: nothing is missing, and nothing follows a PNG's
  /// end. Throws ``ImageError``.
  public static func checked(_ data: Data, pixels limit: Int) throws(ImageError) -> ImageHeader {
    let header = try ImageHeader(data)
    guard header.width * header.height <= limit else {
      throw .tooManyPixels(width: header.width, height: header.height, limit: limit)
    }
    switch header.format {
    case .png:
      try checkPNGStructure(data, header)
      _ = try decodePNG(data, header)
    case .jpeg: _ = try JPEGDecoder().decode(data, header)
    }
    return header
  }

  /// The first chunk, IHDR: width, height, depth, color type.
  private init(png data: Data) throws(ImageError) {
    let bytes = [UInt8](data.prefix(26))
    guard bytes.count == 26, bytes[12..<16].elementsEqual("IHDR".utf8) else {
      throw .damaged(format: .png, reason: "it ends within its header")
    }
    func word(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
    format = .png
    width = word(16)
    height = word(20)
    // 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGB with alpha.
    channels = bytes[25] == 0 || bytes[25] == 4 ? 1 : 3
    // By color type (PNG specification, third edition, table 11.1).
    let depths: [UInt8: Set<UInt8>] = [0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]]
    guard depths[bytes[25]]?.contains(bytes[24]) == true else {
      throw .damaged(format: .png, reason: "it claims \(bytes[24]) bits of color type \(bytes[25]), which there is not")
    }
    guard width > 0, height > 0, width < 1 << 31, height < 1 << 31 else {
      throw .damaged(format: .png, reason: "it claims to be \(width)x\(height) pixels")
    }
  }

  private init(jpeg data: Data) throws(ImageError) {
    let decoder = try JPEGDecoder()
    let header = try decoder.header(data)
    if header.colorspace == Int32(TJCS_CMYK.rawValue) || header.colorspace == Int32(TJCS_YCCK.rawValue) {
      throw .printingColors
    }
    format = .jpeg
    width = header.width
    height = header.height
    channels = header.colorspace == Int32(TJCS_GRAY.rawValue) ? 1 : 3
  }
}
