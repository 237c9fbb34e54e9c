/// Why a file is no image that can be read, as facts.
public enum ImageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// It begins like neither PNG nor JPEG.
  case unknownFormat
  case tooManyPixels(width: Int, height: Int, limit: Int)
  /// `reason` is the library's own word.
  case damaged(format: ImageFormat, reason: String)
  /// A CMYK or YCCK JPEG.
  case printingColors
  /// `reason` is the library's own word.
  case notWritten(format: ImageFormat, reason: String)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .unknownFormat: "is neither PNG nor JPEG; convert the image to one of them, or remove the file"
    case .tooManyPixels(let width, let height, let limit):
      "is \(width)x\(height) pixels; at most \(limit) pixels are read: make the image smaller"
    case .damaged(let format, let reason):
      "is a damaged \(format.name) file (\(reason)); get the file again, or remove it"
    case .printingColors: "is a CMYK JPEG; save it as RGB"
    case .notWritten(let format, let reason): "cannot be written as \(format.name) (\(reason))"
    }
  }
}
