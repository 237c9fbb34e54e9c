import Kernels
import Networks

/// A network compiled for the fast path: fused stages, a kernel for each, and the place of every buffer.
struct FastPlan: Sendable {
  /// Pictures that stages with few tiles a picture work on together.
  let groupSize: Int
  /// A stage with fewer tiles a picture works on a group.
  static let fewTiles = 64

  private(set) var stages: [FastStage] = []
  /// `activations[inputs[i]]` goes into stage i, `activations[outputs[i]]` comes out.
  private(set) var activations: [Activation] = []
  private(set) var inputs: [Int] = []
  private(set) var outputs: [Int] = []
  private(set) var linears: [LinearStage] = []
  /// Which of the network's layers each stage is, then each Linear layer: what is fused to it is told under it.
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
  /// How the kernels are packed: taps of weights to transpose, then slices of channels to transform.
  private(set) var transpositions: [(stage: ConvolutionStage, tap: Int)] = []
  private(set) var transforms: [(stage: ConvolutionStage, transposed: Bool, channels: Range<Int>)] = []
  let layout: ParameterLayout
  let batchSize: Int
  let classes: Int
  /// The pieces of a batch that have gradients of their own: fixed, so that sums have one order for any thread count.
  let chunks: Int
  /// The network takes vectors, not pictures.
  let takesFeatures: Bool

  init(_ network: Network, batchSize: Int) throws(TrainingError) {
    let list = try StageList(network)
    layout = list.layout
    self.batchSize = batchSize
    classes = network.classes
    switch network.input {
    case .image(let channels, let height, let width):
      takesFeatures = false
      // A convolution takes the picture as it is; other stages work on whole lanes.
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

  /// Whether anything trainable stands among the image stages.
  private mutating func addImageStages(_ list: [ImageStage], _ places: [Int]) -> Bool {
    var index = 0
    var trains = false
    while index < list.count {
      let position = places[index]
      switch list[index] {
      case .convolution(let shape, let relu, let tensors, let needsInputGradient):
        trains = true
        var pool: PoolingShape?
        if relu, index + 1 < list.count, case .maxPool(let next) = list[index + 1] { pool = next }
        let input = activations[activations.count - 1]
        let kernel = chooseKernel(shape, inputStored: input.stored, images: groupSize)
        var poolsInside = false
        if let found = pool, found.R == 2, found.stride == 2 {
          if case .implicit = kernel {} else { poolsInside = true }
        }
        addConvolution(
          ConvolutionStage(
            shape: shape, kernel: kernel, relu: relu, poolsInside: poolsInside, pool: poolsInside ? nil : pool,
            needsInputGradient: needsInputGradient, tensors: tensors), pooled: pool, position)
        if pool != nil { index += 1 }
      case .maxPool(let shape):
        var output = Activation(
          channels: shape.C, stored: storedChannels(shape.C), height: shape.OH, width: shape.OW)
        output.places = shape.OH * shape.OW * output.stored
        add(.maxPool(shape), output, position)
      case .localResponseNorm(_, _, let constants):
        let input = activations[activations.count - 1]
        var output = Activation(
          channels: input.channels, stored: storedChannels(input.channels), height: input.height, width: input.width)
        output.scales = input.height * input.width * output.stored
        add(.localResponseNorm(constants), output, position)
      case .relu: add(.relu, nil, position)
      }
      index += 1
    }
    return trains
  }

  private mutating func addConvolution(_ stage: ConvolutionStage, pooled: PoolingShape?, _ position: Int) {
    let shape = stage.shape
    let last = activations.count - 1
    switch stage.kernel {
    case .winograd(let winograd):
      activations[last].pad(border: shape.padding, height: winograd.paddedHeight, width: winograd.paddedWidth)
    case .first: activations[last].pad(border: shape.padding, height: 0, width: 0)
    case .implicit(let implicit):
      activations[last].pad(border: shape.padding, height: 0, width: 0, overreach: implicit.overreach)
    }
    var output = Activation(
      channels: shape.K, stored: stage.kernel.outStored, height: pooled?.OH ?? shape.OH, width: pooled?.OW ?? shape.OW)
    if let pooled { output.places = pooled.OH * pooled.OW * output.stored }
    if case .winograd(let winograd) = stage.kernel, winograd.tiles >= Self.fewTiles, stages.count == 1,
      case .convolution(let first) = stages[0], first.relu,
      case .first = first.kernel, activations[last].places == 0
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
    _ list: [BatchStage], _ places: [Int], firstNeedsGradient: Bool
  ) throws(TrainingError) {
    for (stage, position) in zip(list, places) {
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

  /// The floats of a picture when it enters the Linear layers.
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
      packed += stage.kernel.packedFloats.forward
      if stage.needsInputGradient {
        stage.packedTransposed = packed
        packed += stage.kernel.packedFloats.backward
      }
      if case .winograd(let shape) = stage.kernel {
        stage.transposed = transposedFloats
        transposedFloats += stage.kernel.weightFloats
        stage.kernelGradient = kernelGradientFloats
        kernelGradientFloats += shape.kernelFloats
      }
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
        guard case .convolution(let convolution) = stage, case .winograd(let shape) = convolution.kernel else {
          return false
        }
        return shape.tiles < Self.fewTiles
      } ?? stages.count
  }

  private mutating func listPacking(_ stage: ConvolutionStage) {
    switch stage.kernel {
    case .winograd(let shape):
      for first in stride(from: 0, to: shape.C, by: 16) { transforms.append((stage, false, first..<first + 16)) }
      guard stage.needsInputGradient else { return }
      for tap in 0..<shape.algorithm.R * shape.algorithm.R { transpositions.append((stage, tap)) }
      for first in stride(from: 0, to: shape.K, by: 16) { transforms.append((stage, true, first..<first + 16)) }
    case .implicit: transforms.append((stage, false, 0..<0))
    case .first: break
    }
  }

  /// How many pictures a buffer between stages holds in a thread: one before the grouped stages, a group behind.
  func slots(activation index: Int) -> Int {
    guard firstGrouped < stages.count else { return 1 }
    return index >= inputs[firstGrouped] ? groupSize : 1
  }

  /// The pictures of a piece of a batch of `count`.
  func chunk(_ piece: Int, of count: Int) -> Range<Int> {
    let pieces = min(chunks, count)
    return count * piece / pieces..<count * (piece + 1) / pieces
  }
}

/// The kernel with the least estimated cost: multiply-adds, and for Winograd's the work of its transforms beside.
func chooseKernel(_ shape: ConvolutionShape, inputStored: Int, images: Int) -> ConvolutionKernel {
  if shape.C == 1, inputStored == 1, shape.R == 3, shape.stride == 1 {
    return .first(FirstShape(height: shape.OH, width: shape.OW, outChannels: shape.K))
  }
  let implicit = ImplicitShape(
    inputStored: inputStored, outChannels: shape.K, height: shape.OH, width: shape.OW, kernelSize: shape.R,
    stride: shape.stride)
  var best = (
    kernel: ConvolutionKernel.implicit(implicit),
    cost: Double(implicit.H * implicit.storedWidth * implicit.R * implicit.run * implicit.K) * KernelCost.implicit
  )
  guard shape.stride == 1, inputStored % 16 == 0 else { return best.kernel }
  for algorithm in WinogradAlgorithm.allCases where algorithm.R == shape.R {
    let winograd = WinogradShape(
      algorithm, channels: shape.C, outChannels: shape.K, height: shape.OH, width: shape.OW, padding: shape.padding,
      images: images)
    let cost = KernelCost.winograd(winograd)
    // At equal cost the smaller tile, which rounds less.
    if cost <= best.cost { best = (.winograd(winograd), cost) }
  }
  return best.kernel
}

/// What was measured of the kernels' speed, in units of a multiply-add of a large product.
enum KernelCost {
  /// Products over pictures where they stand are a little slower than packed ones.
  static let implicit = 1.15
  /// A transformed float on its way in and out.
  static let transform = 13.0

  static func winograd(_ shape: WinogradShape) -> Double { Double(shape.multiplyAdds) + transforms(shape) }

  /// The transforms of one pass.
  static func transforms(_ shape: WinogradShape) -> Double {
    transform * Double(shape.tiles * shape.points * (shape.C + shape.K))
  }
}
