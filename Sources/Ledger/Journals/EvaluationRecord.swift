/// What a complete training makes of the test images, in more detail than its accuracy: which classes it confuses, how far its
/// probabilities can be trusted, which images it is surest about and wrong, and what its first layer looks for.
public struct EvaluationRecord: Sendable, Hashable, Codable {
  /// By label.
  public var classNames: [String]
  /// `[label][predicted class]`: test images.
  public var confusion: [[Int]]
  /// From the least probable predictions up; without empty bins.
  public var calibration: [CalibrationBin]
  /// The surest first.
  public var mistakes: [MistakeRecord]
  /// Of the first convolution, in the order of its output channels.
  public var filters: [FilterRecord]

  /// All facts at once.
  public init(
    classNames: [String], confusion: [[Int]], calibration: [CalibrationBin], mistakes: [MistakeRecord],
    filters: [FilterRecord]
  ) {
    self.classNames = classNames
    self.confusion = confusion
    self.calibration = calibration
    self.mistakes = mistakes
    self.filters = filters
  }

  /// Bins of the probabilities.
  public static let bins = 15
  /// Mistakes that are kept.
  public static let mistakeLimit = 24
  /// Filters that are kept.
  public static let filterLimit = 32
  /// Of a kept image's sides; larger images are made smaller.
  public static let imageSide = 64
  /// Of a filter's sides.
  public static let filterSide = 32

  private enum CodingKeys: String, CodingKey {
    case confusion, calibration, mistakes, filters
    case classNames = "class_names"
  }
}

/// Predictions whose probabilities lie between two bounds, and how many of them are right.
public struct CalibrationBin: Sendable, Hashable, Codable {
  /// From 0.
  public var bin: Int
  /// Predictions, at least 1.
  public var images: Int
  /// Right ones.
  public var correct: Int
  /// The mean probability of the predicted classes.
  public var confidence: Double

  /// All facts at once.
  public init(bin: Int, images: Int, correct: Int, confidence: Double) {
    self.bin = bin
    self.images = images
    self.correct = correct
    self.confidence = confidence
  }
}

/// A test image that was put into a wrong class, with its pixels.
public struct MistakeRecord: Sendable, Hashable, Codable {
  /// Its place among the test images, from 0.
  public var image: Int
  /// What it is.
  public var label: Int
  /// The predicted class.
  public var predicted: Int
  /// That of the predicted class.
  public var probability: Double
  /// Rows.
  public var height: Int
  /// Columns.
  public var width: Int
  /// `[channels, height, width]` with 1 or 3 channels, two hexadecimal digits a byte.
  public var pixels: String

  /// All facts at once.
  public init(
    image: Int, label: Int, predicted: Int, probability: Double, height: Int, width: Int, pixels: String
  ) {
    self.image = image
    self.label = label
    self.predicted = predicted
    self.probability = probability
    self.height = height
    self.width = width
    self.pixels = pixels
  }
}

/// The weights of one output channel of the first convolution.
public struct FilterRecord: Sendable, Hashable, Codable {
  /// 1 or 3.
  public var channels: Int
  /// Rows.
  public var height: Int
  /// Columns.
  public var width: Int
  /// `[channels, height, width]`.
  public var weights: [Float]

  /// All facts at once.
  public init(channels: Int, height: Int, width: Int, weights: [Float]) {
    self.channels = channels
    self.height = height
    self.width = width
    self.weights = weights
  }
}
