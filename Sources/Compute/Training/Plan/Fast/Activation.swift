/// An image between two stages: channels innermost, in a border of zeros as wide as the stage behind wants it.
struct Activation: Sendable, Hashable {
  /// The channels in use and those stored: a multiple of 16, but for the network's input, which is stored as it is.
  let channels: Int
  let stored: Int
  let height: Int
  let width: Int
  /// The zeros above and left.
  var border = 0
  var paddedHeight: Int
  var paddedWidth: Int
  /// Floats behind the last pixel that a kernel may read.
  var overreach = 0
  /// The bytes of poolIndices kept beside it, if a pooling made it.
  var poolIndices = 0
  /// The floats of scales kept beside it, if a normalization made it.
  var scales = 0
  /// Whether it is kept from the forward to the backward pass; one that costs next to nothing is made again.
  var isKept = true

  init(channels: Int, stored: Int, height: Int, width: Int) {
    self.channels = channels
    self.stored = stored
    self.height = height
    self.width = width
    paddedHeight = height
    paddedWidth = width
  }

  /// Floats from row to row.
  var row: Int { paddedWidth * stored }
  /// Floats from image to image.
  var size: Int { (paddedHeight * row + 15) & ~15 }
  /// Floats from the padded corner to the first pixel.
  var interior: Int { border * (row + stored) }

  /// Gives room for a border of `border`, and in all at least `height`×`width`.
  mutating func pad(border: Int, height: Int, width: Int, overreach: Int = 0) {
    self.border = border
    paddedHeight = max(height, self.height + 2 * border)
    paddedWidth = max(width, self.width + 2 * border)
    self.overreach = overreach
  }
}
