import Datasets
import Files
import Kernels
import Networks

/// A network compiled for the fast path: fused stages, a kernel for each, and the place of every buffer.
struct FastPlan: Sendable {
  /// Images that stages with few tiles an image work on together.
  let groupSize: Int
  /// A stage with fewer tiles an image works on a group.
  static let fewTiles = 64

  private(set) var stages: [FastStage] = []
  /// `activations[inputs[i]]` goes into stage i, `activations[outputs[i]]` comes out.
  private(set) var activations: [Activation] = []
  private(set) var inputs: [Int] = []
  private(set) var outputs: [Int] = []
  private(set) var linears: [LinearStage] = []
  /// Which of the network's layers each stage is, then each Linear layer: what is fused to it is counted under it.
  private(set) var positions: [Int] = []
  private(set) var linearPositions: [Int] = []
  /// The first stage that works on groups.
  private(set) var firstGrouped = 0
  /// The stored floats of the convolutions' parameters, and of all.
  private(set) var convolutionFloats = 0
  private(set) var parameterFloats = 0
  private(set) var packedFloats = 0
  private(set) var transposedFloats = 0
  private(set) var kernelGradientFloats = 0
  private(set) var scratchFloats = 0
  private(set) var mapFloats = 0
  /// What a product may read behind the last map.
  private(set) var mapOverreach = 0
  /// The tasks by which the kernels' weights are packed, in two phases.
  private(set) var transpositions: [(stage: ConvolutionStage, task: Int)] = []
  private(set) var packings: [(stage: ConvolutionStage, task: Int)] = []
  let layout: ParameterLayout
  let batchSize: Int
  let classes: Int
  /// The pieces of a batch that have gradients of their own: fixed, so that sums have one order for any thread count.
  let chunks: Int
  /// The network takes vectors, not images.
  let takesFeatures: Bool

  init(_ network: Network, batchSize: Int) throws(TrainingError) {
    let list = try StageList(network)
    guard !list.isPlainOnly else { throw .impossible(what: "the fast kernels lack a layer of this network") }
    layout = list.layout
    self.batchSize = batchSize
    classes = network.classes
    switch network.input {
    case .image(let channels, let height, let width):
      takesFeatures = false
      // A convolution takes the image as it is; other stages work on whole lanes.
      var stored = channels
      if let first = list.image.first {
        if case .convolution = first {} else { stored = storedChannels(channels) }
      }
      activations = [Activation(channels: channels, stored: stored, height: height, width: width)]
    case .features(let count):
      takesFeatures = true
      activations = [Activation(channels: count, stored: count, height: 1, width: 1)]
    }
    // Where there are many weights, their gradients are gone through less often.
    var weights = 0
    for case .convolution(let shape, _, _, _) in list.image { weights += shape.K * shape.columnRows }
    chunks = min(batchSize, weights > 2_000_000 ? 8 : 16)
    groupSize = max(1, min(16, batchSize / chunks))
    let needless = addImageStages(list.image, list.imagePositions)
    try addLinearStages(list.batch, list.batchPositions, firstNeedsGradient: needless)
    layOut()
  }

  /// Whether anything trainable is among the image stages.
  private mutating func addImageStages(_ list: [ImageStage], _ poolIndices: [Int]) -> Bool {
    var index = 0
    var trains = false
    while index < list.count {
      let position = poolIndices[index]
      switch list[index] {
      case .convolution(let shape, let relu, let tensors, let needsInputGradient):
        trains = true
        var pool: PoolingShape?
        if relu, index + 1 < list.count, case .maxPool(let next) = list[index + 1] { pool = next }
        let input = activations[activations.count - 1]
        let kernel = cheapestKernel(shape, inputStored: input.stored, images: groupSize)
        let poolsInside = kernel.fusesPooling && pool?.R == 2 && pool?.stride == 2
        addConvolution(
          ConvolutionStage(
            shape: shape, kernel: kernel, relu: relu, poolsInside: poolsInside, pool: poolsInside ? nil : pool,
            needsInputGradient: needsInputGradient, tensors: tensors), pooled: pool, position)
        if pool != nil { index += 1 }
      case .maxPool(let shape):
        var output = Activation(
          channels: shape.C, stored: storedChannels(shape.C), height: shape.OH, width: shape.OW)
        output.poolIndices = shape.OH * shape.OW * output.stored
        add(.maxPool(shape), output, position)
      case .localResponseNorm(_, _, let constants):
        let input = activations[activations.count - 1]
        var output = Activation(
          channels: input.channels, stored: storedChannels(input.channels), height: input.height, width: input.width)
        output.scales = input.height * input.width * output.stored
        add(.localResponseNorm(constants), output, position)
      case .relu: add(.relu, nil, position)
      case .groupedConvolution, .averagePool: preconditionFailure("looked at before")
      }
      index += 1
    }
    return trains
  }

  private mutating func addConvolution(_ stage: ConvolutionStage, pooled: PoolingShape?, _ position: Int) {
    let shape = stage.shape
    let last = activations.count - 1
    activations[last].pad(
      border: shape.padding, height: stage.kernel.paddedHeight, width: stage.kernel.paddedWidth,
      overreach: stage.kernel.overreach)
    var output = Activation(
      channels: shape.K, stored: stage.kernel.outStored, height: pooled?.OH ?? shape.OH, width: pooled?.OW ?? shape.OW)
    if let pooled { output.poolIndices = pooled.OH * pooled.OW * output.stored }
    if let tiles = stage.kernel.tilesPerImage, tiles >= Self.fewTiles, stages.count == 1,
      case .convolution(let first) = stages[0], first.relu, first.kernel.isCheapToRepeat,
      activations[last].poolIndices == 0
    {
      // The first convolution is cheaper to do again than its large output is to keep.
      activations[last].isKept = false
    }
    add(.convolution(stage), output, position)
  }

  private mutating func add(_ stage: FastStage, _ output: Activation?, _ position: Int) {
    stages.append(stage)
    positions.append(position)
    inputs.append(activations.count - 1)
    if let output { activations.append(output) }
    outputs.append(activations.count - 1)
  }

  private mutating func addLinearStages(
    _ list: [BatchStage], _ poolIndices: [Int], firstNeedsGradient: Bool
  ) throws(TrainingError) {
    for (stage, position) in zip(list, poolIndices) {
      switch stage {
      case .linear(let inputs, let outputs, let tensors, _):
        let stored = linears.last?.shape.O ?? featureFloats
        linearPositions.append(position)
        linears.append(
          LinearStage(
            inputs: inputs, outputs: outputs, shape: LinearShape(inputs: stored, outputs: outputs, batch: batchSize),
            tensors: tensors, needsInputGradient: !linears.isEmpty || firstNeedsGradient))
      case .relu:
        if linears.isEmpty { add(.relu, nil, position) } else { linears[linears.count - 1].relu = true }
      case .dropout(_, let probability, let index):
        guard linears[linears.count - 1].dropout == nil else {
          throw .impossible(what: "there are two dropout layers in a row, which this trainer does not take")
        }
        if probability > 0 { linears[linears.count - 1].dropout = (probability, index) }
      }
    }
  }

  /// The floats of an image when it enters the Linear layers.
  var featureFloats: Int { activations[activations.count - 1].size }

  private mutating func layOut() {
    var place = 0
    func take(_ count: Int) -> Int {
      defer { place += (count + 15) & ~15 }
      return place
    }
    var packed = 0
    for index in stages.indices {
      guard case .convolution(var stage) = stages[index] else { continue }
      stage.weight = take(stage.kernel.weightFloats)
      stage.bias = take(stage.kernel.outStored)
      stage.packed = packed
      packed += stage.kernel.packedFloats
      if stage.needsInputGradient {
        stage.packedTransposed = packed
        packed += stage.kernel.packedTransposedFloats
      }
      stage.transposed = transposedFloats
      transposedFloats += stage.kernel.transposedFloats
      stage.kernelGradient = kernelGradientFloats
      kernelGradientFloats += stage.kernel.kernelGradientFloats
      scratchFloats = max(scratchFloats, stage.kernel.scratchFloats)
      mapFloats = max(mapFloats, stage.mapFloats)
      if stage.needsMap { mapOverreach = max(mapOverreach, 8 * stage.kernel.outStored) }
      listPacking(stage)
      stages[index] = .convolution(stage)
    }
    packedFloats = packed
    convolutionFloats = place
    for index in linears.indices {
      linears[index].weight = take(linears[index].shape.weightFloats)
      linears[index].bias = take(linears[index].shape.O)
      scratchFloats = max(scratchFloats, linears[index].shape.scratchFloats)
    }
    parameterFloats = place
    for activation in activations where activation.scales > 0 {
      scratchFloats = max(scratchFloats, 3 * activation.stored + 32)
    }
    firstGrouped =
      stages.firstIndex { stage in
        guard case .convolution(let convolution) = stage, let tiles = convolution.kernel.tilesPerImage else {
          return false
        }
        return tiles < Self.fewTiles
      } ?? stages.count
  }

  private mutating func listPacking(_ stage: ConvolutionStage) {
    if stage.needsInputGradient {
      for task in 0..<stage.kernel.transpositionTasks { transpositions.append((stage, task)) }
    }
    for task in 0..<stage.kernel.packingTasks(transposed: stage.needsInputGradient) { packings.append((stage, task)) }
  }

  /// How many images a buffer between stages holds in a thread: one before the grouped stages, a group behind.
  func slots(activation index: Int) -> Int {
    guard firstGrouped < stages.count else { return 1 }
    return index >= inputs[firstGrouped] ? groupSize : 1
  }

  /// The images of a piece of a batch of `count`.
  func chunk(_ piece: Int, of count: Int) -> Range<Int> {
    let pieces = min(chunks, count)
    return count * piece / pieces..<count * (piece + 1) / pieces
  }
}
