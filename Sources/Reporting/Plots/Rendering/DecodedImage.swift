internal import CPangoCairo
public import Foundation

/// A decoded PNG, for looking at pixels.
public struct DecodedImage: Sendable, Hashable {
  /// In pixels.
  public let width: Int
  /// In pixels.
  public let height: Int
  /// Four bytes a pixel, rows from the top: red, green, blue (not multiplied by alpha), alpha.
  public let rgba: [UInt8]

  /// Decodes a PNG file.
  ///
  /// - Throws: `PlotError.png` if it is none, `.pixels` before allocation if it is too large, `.drawing` if it is broken.
  public init(png: Data) throws(PlotError) {
    let header = try PNGHeader(png)
    guard header.width <= pixelSideLimit, header.height <= pixelSideLimit, header.width * header.height <= pixelLimit
    else { throw .pixels(width: header.width, height: header.height, limit: pixelLimit) }
    var reader = Reader(bytes: png, position: png.startIndex)
    let decoded = withUnsafeMutablePointer(to: &reader) { reader in
      cairo_image_surface_create_from_png_stream(
        { reader, target, count in
          guard let reader, let target else { return CAIRO_STATUS_READ_ERROR }
          let isWhole = reader.assumingMemoryBound(to: Reader.self).pointee.read(Int(count), into: target)
          return isWhole ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_READ_ERROR
        }, reader)
    }
    defer { cairo_surface_destroy(decoded) }
    try checkStatus(cairo_surface_status(decoded), "decoding the PNG")

    // Painted over an image of a known format, whatever Cairo chose for the file's.
    let (width, height) = (header.width, header.height)
    let target = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(width), Int32(height))
    defer { cairo_surface_destroy(target) }
    let cairo = cairo_create(target)
    defer { cairo_destroy(cairo) }
    cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE)
    cairo_set_source_surface(cairo, decoded, 0, 0)
    cairo_paint(cairo)
    try checkStatus(cairo_status(cairo), "converting the PNG")
    cairo_surface_flush(target)
    guard let pixels = cairo_image_surface_get_data(target) else {
      throw .drawing(operation: "converting the PNG", status: "no pixels")
    }
    let stride = Int(cairo_image_surface_get_stride(target))
    var rgba = [UInt8](repeating: 0, count: width * height * 4)
    for y in 0..<height {
      let row = UnsafeRawPointer(pixels + y * stride)
      for x in 0..<width {
        let pixel = row.load(fromByteOffset: x * 4, as: UInt32.self)
        let alpha = pixel >> 24
        func channel(_ shift: UInt32) -> UInt8 {
          let value = pixel >> shift & 0xFF
          return alpha == 0 ? 0 : UInt8(min(255, (value * 255 + alpha / 2) / alpha))
        }
        let index = (y * width + x) * 4
        rgba[index] = channel(16)
        rgba[index + 1] = channel(8)
        rgba[index + 2] = channel(0)
        rgba[index + 3] = UInt8(alpha)
      }
    }
    self.width = width
    self.height = height
    self.rgba = rgba
  }

  /// The pixel in column x from the left and row y from the top.
  public subscript(x: Int, y: Int) -> Color {
    precondition(
      (0..<width).contains(x) && (0..<height).contains(y), "pixel (\(x), \(y)) of an image of \(width) × \(height)")
    let index = (y * width + x) * 4
    return Color(red: rgba[index], green: rgba[index + 1], blue: rgba[index + 2], alpha: rgba[index + 3])
  }

  private struct Reader {
    var bytes: Data
    var position: Int

    mutating func read(_ count: Int, into target: UnsafeMutablePointer<UInt8>) -> Bool {
      guard count <= bytes.endIndex - position else { return false }
      bytes.copyBytes(to: target, from: position..<position + count)
      position += count
      return true
    }
  }
}
