/// The shape of one example, without the batch dimension.
public enum TensorShape: Hashable, Sendable {
  /// An image or a stack of feature maps.
  case image(channels: Int, height: Int, width: Int)
  /// A vector.
  case features(Int)

  /// How many numbers it holds.
  public var count: Int {
    switch self {
    case .image(let channels, let height, let width): channels * height * width
    case .features(let count): count
    }
  }

  /// The dimensions, outermost first.
  public var dimensions: [Int] {
    switch self {
    case .image(let channels, let height, let width): [channels, height, width]
    case .features(let count): [count]
    }
  }
}

extension Module {
  /// The shape that comes out when `input` goes in.
  ///
  /// Throws ``NetworkError`` where a layer cannot take its input; `path` (PyTorch's dotted child numbers) is named in it.
  public func outputShape(of input: TensorShape, path: String = "") throws(NetworkError) -> TensorShape {
    switch (self, input) {
    case (.sequential(let children), _):
      var shape = input
      for (index, child) in children.enumerated() {
        shape = try child.outputShape(of: shape, path: path.isEmpty ? "\(index)" : "\(path).\(index)")
      }
      return shape
    case (.conv2d(let conv), .image(let channels, let height, let width)):
      guard channels == conv.inChannels else {
        throw .channelMismatch(path: path, layer: typeName, expected: conv.inChannels, found: channels)
      }
      let outHeight = windows(height, conv.kernelSize, conv.stride, conv.padding)
      let outWidth = windows(width, conv.kernelSize, conv.stride, conv.padding)
      guard outHeight > 0, outWidth > 0 else {
        throw .imageTooSmall(path: path, layer: typeName, height: height, width: width)
      }
      return .image(channels: conv.outChannels, height: outHeight, width: outWidth)
    case (.maxPool2d(let pool), .image(let channels, let height, let width)):
      let outHeight = windows(height, pool.kernelSize, pool.stride, 0)
      let outWidth = windows(width, pool.kernelSize, pool.stride, 0)
      guard outHeight > 0, outWidth > 0 else {
        throw .imageTooSmall(path: path, layer: typeName, height: height, width: width)
      }
      return .image(channels: channels, height: outHeight, width: outWidth)
    case (.adaptiveAvgPool2d(let pool), .image(let channels, _, _)):
      return .image(channels: channels, height: pool.outputSize, width: pool.outputSize)
    case (.flatten, _):
      return .features(input.count)
    case (.linear(let linear), .features(let count)):
      guard count == linear.inFeatures else {
        throw .channelMismatch(path: path, layer: typeName, expected: linear.inFeatures, found: count)
      }
      return .features(linear.outFeatures)
    case (.relu, _), (.dropout, _), (.localResponseNorm, .image):
      return input
    case (.conv2d, .features), (.maxPool2d, .features), (.adaptiveAvgPool2d, .features),
      (.localResponseNorm, .features), (.linear, .image):
      throw .wrongRank(path: path, layer: typeName, dimensions: input.dimensions)
    }
  }
}

/// How many windows of `kernelSize` fit, PyTorch's rounding down: `⌊(size + 2·padding − kernelSize) / stride⌋ + 1`.
private func windows(_ size: Int, _ kernelSize: Int, _ stride: Int, _ padding: Int) -> Int {
  let room = size + 2 * padding - kernelSize
  return room < 0 ? 0 : room / stride + 1
}
