/// What the training images of a data set of one's own are like: what is needed to look at other images as at them.
public struct ImagesRecord: Sendable, Hashable, Codable {
  /// By the labels.
  public var classNames: [String]
  /// Rows, before they are resized.
  public var height: Int
  /// Columns, before they are resized.
  public var width: Int
  /// The mean of all pixels, 0 to 255.
  public var mean: Double
  /// The mean of the pixels at the images' edges, 0 to 255.
  public var borderMean: Double

  /// All facts at once.
  public init(classNames: [String], height: Int, width: Int, mean: Double, borderMean: Double) {
    self.classNames = classNames
    self.height = height
    self.width = width
    self.mean = mean
    self.borderMean = borderMean
  }
}
