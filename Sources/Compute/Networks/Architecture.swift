/// The named networks: the columns of Table 1 of Simonyan & Zisserman 2014 (arXiv 1409.1556) and AlexNet.
public enum Architecture: String, CaseIterable, Hashable, Sendable {
  case alexnet
  /// With one GPU's channels, average pooling to 6×6, and dropout in front of the Linear layers.
  case alexnetTorchvision = "alexnet-torchvision"
  /// With two groups, as on two GPUs; its local response normalization is left out.
  case alexnet2012 = "alexnet-2012"
  case vgg11
  case vgg11LRN = "vgg11-lrn"
  case vgg13
  case vgg16OneByOne = "vgg16-1x1"
  case vgg16
  case vgg19
}

/// A VGG block: so many 3×3 convolutions of so many channels (the paper's, before a ratio divides them), then pooling.
public struct Block: Hashable, Sendable {
  public var convolutions: Int
  public var channels: Int
  /// Whether one 1×1 convolution follows the 3×3 ones (column C).
  public var pointwise: Bool
  /// Whether local response normalization follows (column A-LRN's first block).
  public var normalized: Bool

  public init(_ convolutions: Int, _ channels: Int, pointwise: Bool = false, normalized: Bool = false) {
    self.convolutions = convolutions
    self.channels = channels
    self.pointwise = pointwise
    self.normalized = normalized
  }
}

extension Architecture {
  /// The row of blocks in Table 1; nil for the AlexNets, which have none.
  public var blocks: [Block]? {
    switch self {
    case .alexnet, .alexnetTorchvision, .alexnet2012: nil
    case .vgg11: Self.table(1, 1, 2, 2, 2)
    case .vgg11LRN: [Block(1, 64, normalized: true)] + Self.table(1, 1, 2, 2, 2).dropFirst()
    case .vgg13: Self.table(2, 2, 2, 2, 2)
    case .vgg16OneByOne:
      Self.table(2, 2, 2, 2, 2).enumerated().map { index, block in
        Block(block.convolutions, block.channels, pointwise: index >= 2)
      }
    case .vgg16: Self.table(2, 2, 3, 3, 3)
    case .vgg19: Self.table(2, 2, 4, 4, 4)
    }
  }

  private static func table(_ convolutions: Int...) -> [Block] {
    zip(convolutions, [64, 128, 256, 512, 512]).map { Block($0, $1) }
  }
}
