import Digests

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

  /// The SHA-256 over the digests of the files in the order of their names; what the content is named by, wherever it is.
  public var digest: String { Self.digest(of: digests) }

  /// The same of the SHA-256 of files by their names.
  public static func digest(of digests: [String: String]) -> String {
    sha256Hex(digests.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }.joined())
  }

  /// Throws ``DatasetError`` where there are not as many images as are wanted, or where the content is another one.
  public func check(training wantedTraining: Int?, test wantedTest: Int?, digest expected: String?) throws(DatasetError)
  {
    for (what, wanted, found) in [
      ("training", wantedTraining, training.count), ("test", wantedTest, test.count),
    ] {
      guard let wanted, wanted > found else { continue }
      throw .tooFew(name: name, what: what, wanted: wanted, found: found)
    }
    if let expected, expected != digest { throw .changed(name: name, found: digest, expected: expected) }
  }
}
