/// Labelled grey pictures, all of one size, in memory as bytes.
public struct ImageSet: Sendable {
  public let count: Int
  public let height: Int
  public let width: Int
  /// `[count, height, width]`, row-major, 0 black to 255 white.
  public let pixels: [UInt8]
  /// `[count]`, each below `classes`.
  public let labels: [UInt8]
  public let classes: Int

  public init(height: Int, width: Int, pixels: [UInt8], labels: [UInt8], classes: Int) {
    precondition(
      pixels.count == labels.count * height * width,
      "\(pixels.count) pixels are not \(labels.count) pictures of \(height)x\(width)")
    self.count = labels.count
    self.height = height
    self.width = width
    self.pixels = pixels
    self.labels = labels
    self.classes = classes
  }

  /// The first `count` pictures.
  public func prefix(_ count: Int) -> ImageSet {
    guard count < self.count else { return self }
    return ImageSet(
      height: height, width: width, pixels: Array(pixels[..<(count * height * width)]),
      labels: Array(labels[..<count]), classes: classes)
  }
}

/// A data set's two halves, and the digests of the files they came from.
public struct Dataset: Sendable {
  public let name: String
  public let training: ImageSet
  public let test: ImageSet
  /// SHA-256 by file name.
  public let digests: [String: String]

  public init(name: String, training: ImageSet, test: ImageSet, digests: [String: String]) {
    self.name = name
    self.training = training
    self.test = test
    self.digests = digests
  }
}
