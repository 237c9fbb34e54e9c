public import Foundation

/// A decoded image: bytes, a plane a channel.
public struct PixelImage: Sendable, Hashable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// 1 gray, or 3: red, green, blue.
  public let channels: Int
  /// `[channels, height, width]`, 0 dark to 255 bright.
  public let pixels: [UInt8]

  /// An image of its planes.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(
      channels == 1 || channels == 3, "an image has 1 or 3 channels, not \(channels)")
    precondition(
      pixels.count == channels * height * width, "\(pixels.count) bytes are not \(channels)x\(height)x\(width)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Decodes a PNG or JPEG file of at most ``ImageLimit/pixels``. A note of a camera on how it was held is not looked at.
  ///
  /// Throws ``ImageError``.
  public init(_ data: Data) throws(ImageError) {
    let header = try ImageHeader(data)
    let packed =
      switch header.format {
      case .png: try decodePNG(data, header)
      case .jpeg: try JPEGDecoder().decode(data, header)
      }
    let planes = header.channels == 1 ? packed : Self.planes(packed, channels: header.channels)
    self.init(width: header.width, height: header.height, channels: header.channels, pixels: planes)
  }

  private static func planes(_ packed: [UInt8], channels: Int) -> [UInt8] {
    let count = packed.count / channels
    return [UInt8](unsafeUninitializedCapacity: packed.count) { target, filled in
      packed.withUnsafeBufferPointer { packed in
        for channel in 0..<channels {
          for pixel in 0..<count { target[channel * count + pixel] = packed[pixel * channels + channel] }
        }
      }
      filled = packed.count
    }
  }

  /// Whether every pixel is as red as it is green and blue.
  public var isGray: Bool {
    guard channels == 3 else { return true }
    let count = width * height
    return pixels.withUnsafeBufferPointer { pixels in
      (0..<count).allSatisfy { pixels[$0] == pixels[count + $0] && pixels[$0] == pixels[2 * count + $0] }
    }
  }

  /// The negative.
  public var inverted: PixelImage {
    PixelImage(width: width, height: height, channels: channels, pixels: pixels.map { 255 - $0 })
  }

  /// The image with so many channels: gray is repeated, and color becomes its luma (ITU-R 601) as Pillow rounds it.
  public func converted(toChannels wanted: Int) -> PixelImage {
    guard wanted != channels else { return self }
    if channels == 1 { return PixelImage(width: width, height: height, channels: 3, pixels: pixels + pixels + pixels) }
    let count = width * height
    let gray = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
      pixels.withUnsafeBufferPointer { pixels in
        for index in 0..<count {
          let red = UInt32(pixels[index]) * 19595
          let green = UInt32(pixels[count + index]) * 38470
          let blue = UInt32(pixels[2 * count + index]) * 7471
          target[index] = UInt8((red + green + blue + 0x8000) >> 16)
        }
      }
      filled = count
    }
    return PixelImage(width: width, height: height, channels: 1, pixels: gray)
  }
}
