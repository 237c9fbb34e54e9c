internal import CPNG
public import Foundation

/// A PNG file of an image whose pixels are numbers of colors: a byte a pixel before compression, or less.
///
/// The same image gives the same bytes with the same versions of libpng and zlib.
///
/// - Parameters:
///   - width: columns.
///   - indices: `[height, width]`, into `colors`.
///   - colors: 1 to 256 of `0xRRGGBB`.
/// - Throws: ``ImageError/notWritten(format:reason:)``.
public func encodePNG(width: Int, indices: [UInt8], colors: [UInt32]) throws(ImageError) -> Data {
  precondition((1...256).contains(colors.count), "\(colors.count) colors; a PNG's palette has 1 to 256")
  precondition(
    width > 0 && !indices.isEmpty && indices.count.isMultiple(of: width),
    "\(indices.count) pixels are no rows of \(width)")
  precondition(indices.allSatisfy { $0 < colors.count }, "a pixel's color is not among the \(colors.count)")
  var image = png_image()
  image.version = UInt32(PNG_IMAGE_VERSION)
  image.width = UInt32(width)
  image.height = UInt32(indices.count / width)
  image.format = UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_COLORMAP)
  image.colormap_entries = UInt32(colors.count)
  defer { png_image_free(&image) }
  let map = colors.flatMap { [UInt8($0 >> 16 & 0xFF), UInt8($0 >> 8 & 0xFF), UInt8($0 & 0xFF)] }
  // Uncompressed data, its filters and frames, and all else that the file has are shorter.
  let capacity = indices.count + indices.count / 500 + indices.count / width + 8192
  var size = capacity
  var isWritten = false
  let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { target, filled in
    isWritten = png_image_write_to_memory(&image, target.baseAddress, &size, 0, indices, Int32(width), map) != 0
    filled = isWritten ? size : 0
  }
  guard isWritten else {
    let reason = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    throw .notWritten(format: .png, reason: reason)
  }
  return Data(bytes)
}
