internal import CTurboJPEG
internal import Foundation

/// libjpeg-turbo's decoder, by its TurboJPEG interface, which reports errors by its return values.
final class JPEGDecoder {
  private let handle: tjhandle

  init() throws(ImageError) {
    guard let handle = tjInitDecompress() else { throw .damaged(format: .jpeg, reason: "there is no memory for it") }
    self.handle = handle
  }

  deinit { tjDestroy(handle) }

  func header(_ data: Data) throws(ImageError) -> (width: Int, height: Int, colorspace: Int32) {
    var (width, height, sampling, colorspace): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    let code = data.withUnsafeBytes { bytes in
      tjDecompressHeader3(
        handle, bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), UInt(bytes.count), &width, &height, &sampling,
        &colorspace)
    }
    guard code == 0, width > 0, height > 0 else { throw damage() }
    return (Int(width), Int(height), colorspace)
  }

  /// The pixels, `[height, width, channels]`. A file that ends too early or is otherwise damaged is an error, and not gray
  /// where it lacks data.
  func decode(_ data: Data, _ header: ImageHeader) throws(ImageError) -> [UInt8] {
    var code: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: header.width * header.height * header.channels) { target, count in
      code = data.withUnsafeBytes { bytes in
        tjDecompress2(
          handle, bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), UInt(bytes.count), target.baseAddress!,
          Int32(header.width), 0, Int32(header.height),
          header.channels == 1 ? Int32(TJPF_GRAY.rawValue) : Int32(TJPF_RGB.rawValue),
          TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS)
      }
      count = code == 0 ? target.count : 0
    }
    guard code == 0 else { throw damage() }
    return pixels
  }

  private func damage() -> ImageError {
    .damaged(format: .jpeg, reason: String(cString: tjGetErrorStr2(handle)))
  }
}
