internal import CPNG
internal import Foundation

/// The pixels of a PNG file, `[height, width, channels]`, by libpng's simplified interface, which reports errors by its
/// return values. 16-bit values are scaled to 8 bits; what is transparent shows white behind it. Values are as they are stored,
/// whatever color space the file names, as Pillow gives them.
func decodePNG(_ data: Data, _ header: ImageHeader) throws(ImageError) -> [UInt8] {
  var image = png_image()
  image.version = UInt32(PNG_IMAGE_VERSION)
  defer { png_image_free(&image) }
  func damage() -> ImageError {
    let reason = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return .damaged(format: .png, reason: reason)
  }
  var pixels: [UInt8] = []
  var failure: ImageError?
  withoutColorSpace(data).withUnsafeBytes { bytes in
    guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
      failure = damage()
      return
    }
    guard image.width == header.width, image.height == header.height else {
      failure = .damaged(format: .png, reason: "its size is not that of its header")
      return
    }
    let hasAlpha = image.format & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0
    image.format =
      (header.channels == 3 ? UInt32(PNG_FORMAT_FLAG_COLOR) : 0) | (hasAlpha ? UInt32(PNG_FORMAT_FLAG_ALPHA) : 0)
    image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
    let samples = header.channels + (hasAlpha ? 1 : 0)
    pixels = [UInt8](repeating: 0, count: header.width * header.height * samples)
    let isRead = pixels.withUnsafeMutableBytes { target in
      png_image_finish_read(&image, nil, target.baseAddress, Int32(header.width * samples), nil)
    }
    if isRead == 0 { failure = damage() } else if hasAlpha { pixels = onWhite(pixels, channels: header.channels) }
  }
  if let failure { throw failure }
  // libpng reads no further than the last pixel.
  _ = try pngChunks([UInt8](data))
  return pixels
}

/// A PNG file without the chunks by which libpng would convert its values; one that is damaged as it is.
private func withoutColorSpace(_ data: Data) -> Data {
  let bytes = [UInt8](data)
  guard let chunks = try? pngChunks(bytes), chunks.contains(where: { colorSpaceChunks.contains($0.kind) }) else {
    return data
  }
  var kept = Data(bytes.prefix(8))
  for chunk in chunks where !colorSpaceChunks.contains(chunk.kind) {
    // Its length and kind before it, its checksum behind it.
    kept += bytes[chunk.content.lowerBound - 8..<chunk.content.upperBound + 4]
  }
  return kept
}

private let colorSpaceChunks: Set<String> = ["gAMA", "cHRM", "sRGB", "iCCP", "cICP"]

/// Pixels with alpha behind their channels, laid over white.
private func onWhite(_ pixels: [UInt8], channels: Int) -> [UInt8] {
  let count = pixels.count / (channels + 1)
  return [UInt8](unsafeUninitializedCapacity: count * channels) { target, filled in
    pixels.withUnsafeBufferPointer { pixels in
      for pixel in 0..<count {
        let alpha = Int(pixels[pixel * (channels + 1) + channels])
        for channel in 0..<channels {
          let value = Int(pixels[pixel * (channels + 1) + channel]) * alpha + 255 * (255 - alpha)
          target[pixel * channels + channel] = UInt8((value + 127) / 255)
        }
      }
    }
    filled = count * channels
  }
}
