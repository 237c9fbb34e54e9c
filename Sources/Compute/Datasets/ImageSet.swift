import Digests
public import Images

/// Labeled images, all of one size, in memory as bytes.
public struct ImageSet: Sendable {
  /// How many images.
  public let count: Int
  /// 1 for gray images, 3 for red, green and blue.
  public let channels: Int
  /// Rows of an image.
  public let height: Int
  /// Columns of an image.
  public let width: Int
  /// `[count, channels, height, width]`, row-major, 0 dark to 255 bright.
  public let pixels: [UInt8]
  /// `[count]`, each below `classes`.
  public let labels: [UInt8]
  /// How many classes there are.
  public let classes: Int
  /// Where each image was read from, below the data set's folder; nil for images that have no file of their own.
  public let files: [String]?

  /// Images of one size with their labels.
  public init(
    channels: Int = 1, height: Int, width: Int, pixels: [UInt8], labels: [UInt8], classes: Int, files: [String]? = nil
  ) {
    precondition(
      pixels.count == labels.count * channels * height * width,
      "\(pixels.count) bytes are not \(labels.count) images of \(channels)x\(height)x\(width)")
    self.count = labels.count
    self.channels = channels
    self.height = height
    self.width = width
    self.pixels = pixels
    self.labels = labels
    self.classes = classes
    self.files = files
  }

  /// The bytes of an image.
  public var imageBytes: Int { channels * height * width }

  /// One of the images.
  public func image(_ index: Int) -> PixelImage {
    PixelImage(
      width: width, height: height, channels: channels,
      pixels: Array(pixels[index * imageBytes..<(index + 1) * imageBytes]))
  }

  /// The first `count` images.
  public func prefix(_ count: Int) -> ImageSet {
    guard count < self.count else { return self }
    return ImageSet(
      channels: channels, height: height, width: width, pixels: Array(pixels[..<(count * imageBytes)]),
      labels: Array(labels[..<count]), classes: classes, files: files.map { Array($0.prefix(count)) })
  }
}

/// The sides of an image in pixels.
public struct ImageSize: Sendable, Hashable {
  /// Rows.
  public var height: Int
  /// Columns.
  public var width: Int

  /// A size by its sides.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
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
  /// What people call the classes, by their labels.
  public let classNames: [String]
  /// Rows and columns of a typical image file, before anything was resized.
  public let typicalSize: ImageSize
  /// Where it was looked for and found; of Fashion-MNIST alone.
  public internal(set) var folder: String?

  /// A data set from its halves; classes without names are called by their labels.
  public init(
    name: String, training: ImageSet, test: ImageSet, digests: [String: String], classNames: [String]? = nil,
    typicalSize: ImageSize? = nil
  ) {
    self.name = name
    self.training = training
    self.test = test
    self.digests = digests
    self.classNames = classNames ?? (0..<training.classes).map { "\($0)" }
    self.typicalSize = typicalSize ?? ImageSize(height: training.height, width: training.width)
    precondition(
      self.classNames.count == training.classes, "\(self.classNames.count) names for \(training.classes) classes")
  }

  /// The first so many images of each half; nil for all.
  public func prefix(training: Int?, test: Int?) -> Dataset {
    Dataset(
      name: name, training: training.map { self.training.prefix($0) } ?? self.training,
      test: test.map { self.test.prefix($0) } ?? self.test, digests: digests, classNames: classNames,
      typicalSize: typicalSize)
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
