import Digests

/// Labeled gray images, all of one size, in memory as bytes.
public struct ImageSet: Sendable {
  /// How many images.
  public let count: Int
  /// Rows of an image.
  public let height: Int
  /// Columns of an image.
  public let width: Int
  /// `[count, height, width]`, row-major, 0 black to 255 white.
  public let pixels: [UInt8]
  /// `[count]`, each below `classes`.
  public let labels: [UInt8]
  /// How many classes there are.
  public let classes: Int

  /// Images of one size with their labels.
  public init(height: Int, width: Int, pixels: [UInt8], labels: [UInt8], classes: Int) {
    precondition(
      pixels.count == labels.count * height * width,
      "\(pixels.count) pixels are not \(labels.count) images of \(height)x\(width)")
    self.count = labels.count
    self.height = height
    self.width = width
    self.pixels = pixels
    self.labels = labels
    self.classes = classes
  }

  /// The first `count` images.
  public func prefix(_ count: Int) -> ImageSet {
    guard count < self.count else { return self }
    return ImageSet(
      height: height, width: width, pixels: Array(pixels[..<(count * height * width)]),
      labels: Array(labels[..<count]), classes: classes)
  }
}

/// A data set's two halves, and the digests of the files they came from.
public struct Dataset: Sendable {
  /// Its name in experiment files.
  public let name: String
  /// What is trained on.
  public let training: ImageSet
  /// What is tested on.
  public let test: ImageSet
  /// SHA-256 by file name.
  public let digests: [String: String]

  /// A data set from its halves.
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
