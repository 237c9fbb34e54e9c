import Text

/// What an experiment says of its network; ``build(input:classes:)`` makes the network of it.
public struct NetworkConfiguration: Hashable, Sendable {
  /// What the layers before the Linear ones are: an architecture by name, or blocks.
  public enum Body: Hashable, Sendable {
    case architecture(Architecture)
    case blocks([Block])
  }

  /// How weights are drawn: Glorot & Bengio's uniform (d2l's recipe), or He et al.'s uniform with `a = 0`.
  public enum Initialization: String, CaseIterable, Hashable, Sendable {
    case xavier, kaiming
  }

  public var body: Body
  /// Divides the channels of every convolution (d2l's "small" nets have 4).
  public var ratio: Int
  /// The probability of both dropout layers.
  public var dropout: Double
  /// The outputs of both hidden Linear layers: 4096 in all architectures of the papers.
  public var hidden: Int
  public var initialization: Initialization

  /// The width of the hidden Linear layers in the papers of AlexNet and VGG.
  public static let paperHidden = 4096

  public init(
    _ body: Body, ratio: Int = 1, dropout: Double = 0.5, hidden: Int = Self.paperHidden,
    initialization: Initialization = .xavier
  ) {
    self.body = body
    self.ratio = ratio
    self.dropout = dropout
    self.hidden = hidden
    self.initialization = initialization
  }

  /// The network for one input shape. The first Linear follows from shape inference.
  ///
  /// Throws ``NetworkError`` if a layer is left without channels, an image is too small for the poolings, or a size
  /// is out of bounds.
  public func build(input: TensorShape, classes: Int) throws(NetworkError) -> Network {
    guard case .image(let inChannels, let height, let width) = input else {
      throw .wrongRank(path: "0", layer: "Conv2d", dimensions: input.dimensions)
    }
    try check("the number of classes", classes, limit: 100_000)
    try check("the ratio", ratio, limit: 1 << 20)
    try check("the width of the hidden Linear layers", hidden, limit: 65_536)
    try check("the number of input channels", inChannels, limit: 4096)
    try check("the input's height", height, limit: 4096)
    try check("the input's width", width, limit: 4096)
    guard dropout >= 0, dropout < 1 else { throw .dropoutOutOfRange(dropout) }

    var children: [Module]
    switch body {
    case .architecture(.alexnet): children = try alexNetFeatures(inChannels)
    case .architecture(.alexnetTorchvision):
      children = try alexNetFeatures(inChannels, [64, 192, 384, 256, 256], padding: 2)
      children.append(.adaptiveAvgPool2d(AdaptiveAvgPool2d(outputSize: 6)))
    case .architecture(.alexnet2012):
      children = try alexNetFeatures(inChannels, [96, 256, 384, 384, 256], padding: 0, groups: [1, 2, 1, 2, 2])
    case .architecture(let architecture): children = try vggFeatures(architecture.blocks!, inChannels)
    case .blocks(let blocks): children = try vggFeatures(blocks, inChannels)
    }
    children.append(.flatten)
    let features = try Module.sequential(children).outputShape(of: input).count
    let drop = Module.dropout(Dropout(probability: dropout))
    let first = Module.linear(Linear(features, hidden))
    let second = Module.linear(Linear(hidden, hidden))
    children +=
      body == .architecture(.alexnetTorchvision)
      ? [drop, first, .relu, drop, second, .relu] : [first, .relu, drop, second, .relu, drop]
    children.append(.linear(Linear(hidden, classes)))
    return try Network(children: children, input: input)
  }

  private func vggFeatures(_ blocks: [Block], _ inChannels: Int) throws(NetworkError) -> [Module] {
    guard !blocks.isEmpty else { throw .noBlocks }
    try check("the number of blocks", blocks.count, limit: 16)
    var channels = inChannels
    var features: [Module] = []
    for block in blocks {
      try check("a block's number of convolutions", block.convolutions, limit: 64)
      try check("a block's number of channels", block.channels, limit: 65_536)
      let outChannels = try divided(block.channels)
      var layers: [Module] = []
      for index in 0..<block.convolutions + (block.pointwise ? 1 : 0) {
        let kernelSize = index < block.convolutions ? 3 : 1
        layers.append(
          .conv2d(Conv2d(channels, outChannels, kernelSize: kernelSize, padding: kernelSize / 2)))
        layers.append(.relu)
        channels = outChannels
      }
      if block.normalized { layers.append(.localResponseNorm(LocalResponseNorm())) }
      layers.append(.maxPool2d(MaxPool2d(kernelSize: 2, stride: 2)))
      features.append(.sequential(layers))
    }
    return features
  }

  /// d2l's AlexNet (https://d2l.ai/chapter_convolutional-modern/alexnet.html), torchvision's, and that of 2012 differ in
  /// channels, the first padding, and groups.
  private func alexNetFeatures(
    _ inChannels: Int, _ channels: [Int] = [96, 256, 384, 384, 256], padding: Int = 1, groups: [Int] = [1, 1, 1, 1, 1]
  ) throws(NetworkError) -> [Module] {
    var widths: [Int] = []
    for count in channels { widths.append(try divided(count)) }
    for (index, count) in groups.enumerated() where count > 1 {
      guard widths[index].isMultiple(of: count), widths[index - 1].isMultiple(of: count) else {
        throw .notDivisible(
          channels: widths[index].isMultiple(of: count) ? widths[index - 1] : widths[index], groups: count)
      }
    }
    let pool = Module.maxPool2d(MaxPool2d(kernelSize: 3, stride: 2))
    return [
      .conv2d(Conv2d(inChannels, widths[0], kernelSize: 11, stride: 4, padding: padding)), .relu, pool,
      .conv2d(Conv2d(widths[0], widths[1], kernelSize: 5, padding: 2, groups: groups[1])), .relu, pool,
      .conv2d(Conv2d(widths[1], widths[2], kernelSize: 3, padding: 1, groups: groups[2])), .relu,
      .conv2d(Conv2d(widths[2], widths[3], kernelSize: 3, padding: 1, groups: groups[3])), .relu,
      .conv2d(Conv2d(widths[3], widths[4], kernelSize: 3, padding: 1, groups: groups[4])), .relu, pool,
    ]
  }

  private func divided(_ channels: Int) throws(NetworkError) -> Int {
    guard channels / ratio > 0 else { throw .ratioTooLarge(ratio: ratio, channels: channels) }
    return channels / ratio
  }

  private func check(_ what: String, _ value: Int, limit: Int) throws(NetworkError) {
    guard value >= 1 else { throw .notPositive(what: what, value: value) }
    guard value <= limit else { throw .tooLarge(what: what, value: value, limit: limit) }
  }
}
