import Datasets
import Kernels
import Networks
import Synchronization

/// The fast path: fused stages with the channels innermost, Winograd convolutions, Linear layers over the whole batch whose
/// gradients are used while they are in the cache.
final class FastEngine: Engine {
  let plan: FastPlan
  let threadPool: ThreadPool
  /// The outputs of the image stages for the whole batch (the first: the images); nil for one that is not kept.
  let kept: [Buffer<Float>?]
  let poolIndices: [Buffer<UInt8>?]
  let scales: [Buffer<Float>?]
  let featureGradient: Buffer<Float>
  /// The outputs of the Linear layers, `[batch, O]`.
  let linearOutputs: [Buffer<Float>]
  /// The gradients with respect to them, in panels of outputs and in panels of rows.
  let linearGradients: [(panels: Buffer<Float>, transposed: Buffer<Float>)]
  let logitGradient: Buffer<Float>
  let parameters: Buffer<Float>
  let velocities: Buffer<Float>?
  /// The sums of the convolutions' gradients over the pieces of the batch.
  let convolutionGradients: Buffer<Float>
  /// The convolutions' kernels as the products want them, and the transposed weights that half of them are made from.
  let packed: Buffer<Float>
  let transposedWeights: Buffer<Float>
  let workspaces: [Workspace]
  var clock: StageClock?
  /// The piece of the batch whose gradients are to be added next.
  let turn = Atomic<Int>(0)
  /// Whether ``packed`` is that of the parameters.
  var isPacked = false

  /// What a thread works with.
  final class Workspace: @unchecked Sendable {
    let scratch: Buffer<Float>
    /// The map in front of a pooling, or a masked gradient.
    let map: Buffer<Float>
    /// The convolutions' gradients of a piece of the batch.
    let sums: Buffer<Float>
    /// The gradients of the transformed kernels.
    let kernelGradients: Buffer<Float>
    /// The gradients with respect to the image stages' inputs; nil where none is wanted.
    let gradients: [Buffer<Float>?]
    /// The activations that are not kept.
    let passing: [Buffer<Float>?]

    init(_ plan: FastPlan) {
      scratch = Buffer(plan.scratchFloats)
      map = Buffer(plan.mapFloats * plan.groupSize + plan.mapOverreach)
      sums = Buffer(plan.convolutionFloats)
      kernelGradients = Buffer(plan.kernelGradientFloats)
      gradients = plan.activations.indices.map { index in
        plan.gradientFloats(index).map { Buffer($0) }
      }
      passing = plan.activations.indices.map { index in
        plan.activations[index].isKept ? nil : Buffer(plan.floats(index, images: 1))
      }
    }
  }

  init(network: Network, batchSize: Int, threads: Int, momentum: Bool) throws(TrainingError) {
    let plan = try FastPlan(network, batchSize: batchSize)
    self.plan = plan
    threadPool = try ThreadPool(threads: threads)
    let images = plan.images(threads: threads)
    kept = plan.activations.indices.map { index in
      plan.activations[index].isKept ? Buffer(plan.floats(index, images: images)) : nil
    }
    poolIndices = plan.activations.map { $0.poolIndices > 0 ? Buffer(images * $0.poolIndices) : nil }
    scales = plan.activations.map { $0.scales > 0 ? Buffer(images * $0.scales) : nil }
    featureGradient = Buffer(plan.featureGradientFloats)
    linearOutputs = plan.linears.map { Buffer($0.shape.N * $0.shape.O) }
    linearGradients = plan.linears.map {
      (Buffer($0.shape.N * $0.shape.O), Buffer($0.shape.N * $0.shape.O))
    }
    logitGradient = Buffer(plan.linears[plan.linears.count - 1].shape.N * plan.linears[plan.linears.count - 1].shape.O)
    parameters = Buffer(plan.parameterFloats)
    velocities = momentum ? Buffer(plan.parameterFloats) : nil
    convolutionGradients = Buffer(plan.convolutionFloats)
    packed = Buffer(plan.packedFloats)
    transposedWeights = Buffer(plan.transposedFloats)
    workspaces = (0..<threads).map { _ in Workspace(plan) }
  }

  func makeClock() -> (clock: StageClock, positions: [Int]) {
    let positions = plan.positions + plan.linearPositions
    let clock = StageClock(stages: positions.count, threads: threadPool.threads)
    self.clock = clock
    return (clock, positions)
  }

  // MARK: In and out

  func image(_ index: Int) -> ImagePlace {
    let input = plan.activations[0]
    return ImagePlace(
      pixels: kept[0]!.pointer + index * input.size + input.interior, row: input.row, column: input.stored, channel: 1)
  }

  var logits: (values: UnsafePointer<Float>, row: Int) {
    let last = plan.linears.count - 1
    return (UnsafePointer(linearOutputs[last].pointer), plan.linears[last].shape.O)
  }

  func setInput(_ index: Int, _ values: UnsafePointer<Float>) {
    let input = plan.activations[0]
    let place = image(index)
    let (pixels, row) = (place.pixels, place.row)
    if plan.takesFeatures { return pixels.update(from: values, count: input.channels) }
    var source = values
    for channel in 0..<input.channels {
      for y in 0..<input.height {
        for x in 0..<input.width {
          pixels[y * row + x * input.stored + channel] = source.pointee
          source += 1
        }
      }
    }
  }

  var state: StateDictionary {
    get { plan.tensors(parameters.pointer) }
    set {
      precondition(newValue.tensors.count == plan.layout.tensors.count, "the state of another network")
      plan.store(newValue, parameters.pointer)
      isPacked = false
    }
  }

  var velocity: StateDictionary? {
    get { velocities.map { plan.tensors($0.pointer) } }
    set {
      guard let velocities, let newValue else { return }
      plan.store(newValue, velocities.pointer)
    }
  }

  // MARK: A step

  func step(count: Int, labels: UnsafePointer<UInt8>, dropout: DropoutKey?, rule: UpdateRule) -> BatchResult {
    pass(
      count, labels, dropout,
      GradientUse(
        parameters: parameters.pointer, velocities: velocities?.pointer, kept: nil, learningRate: rule.learningRate,
        momentum: rule.momentum, weightDecay: rule.weightDecay))
  }

  func gradient(count: Int, labels: UnsafePointer<UInt8>) -> (result: BatchResult, gradient: StateDictionary) {
    let gradients = Buffer<Float>(plan.parameterFloats)
    let result = pass(
      count, labels, nil,
      GradientUse(
        parameters: parameters.pointer, velocities: nil, kept: gradients.pointer, learningRate: 0, momentum: 0,
        weightDecay: 0))
    return (result, plan.tensors(gradients.pointer))
  }

  private func pass(
    _ count: Int, _ labels: UnsafePointer<UInt8>, _ dropout: DropoutKey?, _ use: GradientUse
  ) -> BatchResult {
    precondition(count >= 1 && count <= plan.batchSize, "\(count) images in a batch of \(plan.batchSize)")
    packKernels()
    forwardImages(count)
    forwardLinears(count, dropout)
    let last = plan.linears.count - 1
    let row = plan.linears[last].shape.O
    let logits = linearOutputs[last].pointer
    let result = meanLoss(
      logits, row: row, classes: plan.classes, count: count, labels: labels, gradient: logitGradient.pointer)
    guard result.lossSum.isFinite else { return result }
    packLogitGradient(count)
    backwardLinears(count, dropout, use)
    backwardImages(count, use)
    if use.kept == nil { isPacked = false }
    return result
  }

  func evaluate(count: Int, labels: UnsafePointer<UInt8>, predicted: UnsafeMutablePointer<UInt8>?) -> BatchResult {
    precondition(count >= 1 && count <= plan.batchSize, "\(count) images in a batch of \(plan.batchSize)")
    packKernels()
    evaluateImages(count)
    forwardLinears(count, nil)
    let last = plan.linears.count - 1
    return meanLoss(
      linearOutputs[last].pointer, row: plan.linears[last].shape.O, classes: plan.classes, count: count,
      labels: labels, gradient: nil, predicted: predicted)
  }
}

extension FastPlan {
  /// The images that there is room for: the batch, rounded up as the Linear layers want it, and a group a thread for
  /// evaluation.
  func images(threads: Int) -> Int { max(storedChannels(batchSize), threads * groupSize) }

  func floats(_ index: Int, images: Int) -> Int {
    images * activations[index].size + activations[index].overreach + 64
  }

  /// The floats of a thread's gradient with respect to an activation; nil where none is wanted or it is kept elsewhere.
  func gradientFloats(_ index: Int) -> Int? {
    guard index > 0, index < activations.count - 1 else { return nil }
    let activation = activations[index]
    // Products may read eight columns behind the last.
    return slots(activation: index) * activation.size + 8 * activation.stored + 64
  }

  var featureGradientFloats: Int {
    let last = activations[activations.count - 1]
    return storedChannels(batchSize) * last.size + 8 * last.stored + 64
  }

  /// The bytes of all buffers of a plan on `threads` threads.
  func bytes(threads: Int, momentum: Bool) -> Int {
    let images = images(threads: threads)
    var floats = featureGradientFloats + parameterFloats * (momentum ? 2 : 1) + convolutionFloats
    floats += packedFloats + transposedFloats
    var bytes = 0
    var perThread = scratchFloats + mapFloats * groupSize + mapOverreach + convolutionFloats + kernelGradientFloats
    for (index, activation) in activations.enumerated() {
      if activation.isKept {
        floats += self.floats(index, images: images)
      } else {
        perThread += self.floats(index, images: 1)
      }
      perThread += gradientFloats(index) ?? 0
      floats += images * activation.scales
      bytes += images * activation.poolIndices
    }
    for linear in linears { floats += 3 * linear.shape.N * linear.shape.O }
    return bytes + 4 * (floats + threads * perThread)
  }
}
