import Kernels
import Networks

/// Where a layer's weight and bias are among all parameters.
struct ParameterPlace: Sendable {
  var weight: Int
  var weightCount: Int
  var bias: Int
  var biasCount: Int

  /// From the weight's first float to behind the bias's last.
  var range: Range<Int> { weight..<bias + biasCount }
}

/// The layout of all trainable tensors in one piece of memory, each on its own cache line.
struct ParameterLayout: Sendable {
  private(set) var tensors: [(key: String, shape: [Int], offset: Int, count: Int)] = []
  private(set) var count = 0

  init(_ network: Network) {
    for (key, shape) in network.stateKeys {
      let size = shape.reduce(1, *)
      tensors.append((key, shape, count, size))
      count += (size + 15) & ~15
    }
  }

  func place(_ path: String) -> ParameterPlace {
    let weight = tensors.first { $0.key == "\(path).weight" }!
    let bias = tensors.first { $0.key == "\(path).bias" }!
    return ParameterPlace(weight: weight.offset, weightCount: weight.count, bias: bias.offset, biasCount: bias.count)
  }
}

/// One step of the way through the layers that work on each image by itself.
enum ImageStage: Sendable {
  /// A convolution, with the ReLU behind it if there is one.
  case convolution(ConvolutionShape, relu: Bool, ParameterPlace, needsInputGradient: Bool)
  /// A convolution of several groups, each with the channels of its own, of which the shape is; image by image.
  case groupedConvolution(ConvolutionShape, groups: Int, ParameterPlace, needsInputGradient: Bool)
  case maxPool(PoolingShape)
  case averagePool(AveragePoolingShape)
  case localResponseNorm(channels: Int, positions: Int, NormalizationConstants)
  /// In place on the output before it.
  case relu(count: Int)

  /// The floats of its output for one image; nil where it works in place.
  var outputCount: Int? {
    switch self {
    case .convolution(let shape, _, _, _): shape.K * shape.OH * shape.OW
    case .groupedConvolution(let shape, let groups, _, _): groups * shape.K * shape.OH * shape.OW
    case .maxPool(let shape): shape.C * shape.OH * shape.OW
    case .averagePool(let shape): shape.C * shape.OH * shape.OW
    case .localResponseNorm(let channels, let positions, _): channels * positions
    case .relu: nil
    }
  }

  /// The floats of its output for one image, wherever it is.
  var count: Int { if case .relu(let count) = self { count } else { outputCount! } }
}

/// One step of the way through the layers that work on the whole batch at once.
enum BatchStage: Sendable {
  case linear(inputs: Int, outputs: Int, ParameterPlace, needsInputGradient: Bool)
  /// In place on the output before it.
  case relu(count: Int)
  /// In place on the output before it; `index` tells dropout layers apart.
  case dropout(count: Int, probability: Double, index: Int)

  /// The floats of its output for one example.
  var outputCount: Int {
    switch self {
    case .linear(_, let outputs, _, _): outputs
    case .relu(let count), .dropout(let count, _, _): count
    }
  }
}

/// A network as the two lists of stages that it is worked through in.
struct StageList: Sendable {
  private(set) var image: [ImageStage] = []
  private(set) var batch: [BatchStage] = []
  /// Which of the network's layers, from 0, each stage is; a convolution with its ReLU is the convolution.
  private(set) var imagePositions: [Int] = []
  private(set) var batchPositions: [Int] = []
  let layout: ParameterLayout
  let inputCount: Int
  /// The floats of an image when it enters the batch stages.
  var featureCount: Int

  /// Whether only the plain path has all of it: groups, average pooling, dropout in front of the first Linear layer.
  var isPlainOnly: Bool {
    if case .dropout? = batch.first { return true }
    return image.contains { stage in
      switch stage {
      case .groupedConvolution, .averagePool: true
      case .convolution, .maxPool, .localResponseNorm, .relu: false
      }
    }
  }

  /// With `fusing` false a ReLU behind a convolution is a stage of its own.
  init(_ network: Network, fusing: Bool = true) throws(TrainingError) {
    layout = ParameterLayout(network)
    inputCount = network.input.count
    featureCount = network.input.count
    var dropouts = 0
    var begun = false
    var inBatch = false
    let leaves = network.leaves
    var index = 0
    while index < leaves.count {
      let leaf = leaves[index]
      let count = leaf.output.count
      let position = index
      switch leaf.module {
      case .conv2d(let conv):
        guard case .image(let channels, let height, let width) = leaf.input, !inBatch else { throw .order(leaf.path) }
        let shape = ConvolutionShape(
          channels: channels / conv.groups, height: height, width: width, outChannels: conv.outChannels / conv.groups,
          kernelSize: conv.kernelSize, stride: conv.stride, padding: conv.padding)
        if conv.groups > 1 {
          image.append(
            .groupedConvolution(shape, groups: conv.groups, layout.place(leaf.path), needsInputGradient: begun))
          begun = true
          break
        }
        let relu = fusing && index + 1 < leaves.count && leaves[index + 1].module == .relu
        image.append(.convolution(shape, relu: relu, layout.place(leaf.path), needsInputGradient: begun))
        begun = true
        if relu { index += 1 }
      case .maxPool2d(let pool):
        guard case .image(let channels, let height, let width) = leaf.input, !inBatch else { throw .order(leaf.path) }
        image.append(
          .maxPool(
            PoolingShape(
              channels: channels, height: height, width: width, kernelSize: pool.kernelSize, stride: pool.stride)))
      case .adaptiveAvgPool2d(let pool):
        guard case .image(let channels, let height, let width) = leaf.input, !inBatch else { throw .order(leaf.path) }
        image.append(
          .averagePool(
            AveragePoolingShape(
              channels: channels, height: height, width: width, outHeight: pool.outputSize, outWidth: pool.outputSize)))
      case .localResponseNorm(let norm):
        guard case .image(let channels, let height, let width) = leaf.input, !inBatch else { throw .order(leaf.path) }
        image.append(
          .localResponseNorm(
            channels: channels, positions: height * width,
            NormalizationConstants(
              size: norm.size, alpha: Float(norm.alpha), beta: Float(norm.beta), k: Float(norm.k))))
      case .flatten: inBatch = true
      case .linear(let linear):
        inBatch = true
        batch.append(
          .linear(
            inputs: linear.inFeatures, outputs: linear.outFeatures, layout.place(leaf.path),
            needsInputGradient: begun))
        begun = true
      case .relu:
        guard begun else { throw .order(leaf.path) }
        if inBatch { batch.append(.relu(count: count)) } else { image.append(.relu(count: count)) }
      case .dropout(let dropout):
        guard begun, inBatch else { throw .order(leaf.path) }
        batch.append(.dropout(count: count, probability: dropout.probability, index: dropouts))
        dropouts += 1
      case .sequential: preconditionFailure("a Sequential is not a layer")
      }
      while imagePositions.count < image.count { imagePositions.append(position) }
      while batchPositions.count < batch.count { batchPositions.append(position) }
      if !inBatch { featureCount = count }
      index += 1
    }
    guard case .linear? = batch.last else { throw .order(leaves.last?.path ?? "0") }
  }
}

extension TrainingError {
  fileprivate static func order(_ path: String) -> TrainingError {
    .impossible(
      what:
        "the layer at \(path) is in a position that this trainer does not support: convolutions and poolings come first, then Linear layers, the last of which gives the logits"
    )
  }
}
