import Datasets
import Files
import Kernels
import Networks

/// The plain path: convolutions unrolled into matrix products, images spread over threads, Linear layers over the
/// whole batch. Every faster path is tested against it.
final class BLASEngine: Engine {
  let threadPool: ThreadPool
  private let layout: ParameterLayout
  private let batchSize: Int
  private let inputHeight: Int
  private let inputWidth: Int
  private let classes: Int
  private let stages: StageList
  private let sizes: BLASSizes

  private let imageBuffer: Buffer<Float>
  /// The output of each image stage that does not work in place, `[batch, outputCount]`.
  private let imageOutputs: [Buffer<Float>?]
  /// A max-pooling's poolIndices.
  private let poolIndices: [Buffer<UInt8>?]
  /// A normalization's scales.
  private let scales: [Buffer<Float>?]
  /// The output of each Linear, `[batch, outputs]`.
  private let batchOutputs: [Buffer<Float>?]
  /// The gradient with respect to the input of each Linear, `[batch, inputs]`; the last with respect to the logits.
  private let batchGradients: [Buffer<Float>?]
  private let logitGradient: Buffer<Float>
  private let parameterBuffer: Buffer<Float>
  private let gradientBuffer: Buffer<Float>
  private let velocityBuffer: Buffer<Float>?
  /// The convolutions' gradients of each piece of the batch: `[chunks, convolutionParameters]`.
  private let chunkGradients: Buffer<Float>
  /// Scratch, two gradient buffers of one image, two activation buffers of one image, per thread.
  private let scratch: [Buffer<Float>]
  private var clock: StageClock?
  /// Sees what goes through the layers, where somebody looks at it.
  private let watch: SignalWatch?

  private var images: UnsafeMutablePointer<Float> { imageBuffer.pointer }
  private var parameters: UnsafeMutablePointer<Float> { parameterBuffer.pointer }
  private var velocities: UnsafeMutablePointer<Float>? { velocityBuffer?.pointer }
  private var gradients: UnsafeMutablePointer<Float> { gradientBuffer.pointer }

  /// With `watched` every layer is a stage of its own, and what goes through it is summed up.
  init(
    network: Network, batchSize: Int, threads: Int, momentum: Bool, watched: Bool = false
  ) throws(TrainingError) {
    BLAS.useOneThread()
    let stages = try StageList(network, fusing: !watched)
    watch =
      watched ? SignalWatch(images: batchSize, positions: stages.imagePositions + stages.batchPositions) : nil
    let sizes = BLASSizes(stages, batchSize: batchSize, threads: threads, momentum: momentum)
    self.stages = stages
    self.sizes = sizes
    self.batchSize = batchSize
    classes = network.classes
    inputHeight = network.input.dimensions.dropLast().last ?? 1
    inputWidth = network.input.dimensions.last!
    layout = stages.layout
    threadPool = try ThreadPool(threads: threads)
    imageBuffer = Buffer(batchSize * stages.inputCount)
    imageOutputs = stages.image.map { $0.outputCount.map { Buffer(batchSize * $0) } }
    poolIndices = stages.image.map { if case .maxPool = $0 { Buffer(batchSize * $0.outputCount!) } else { nil } }
    scales = stages.image.map { if case .localResponseNorm = $0 { Buffer(batchSize * $0.outputCount!) } else { nil } }
    batchOutputs = stages.batch.map {
      if case .linear(_, let outputs, _, _) = $0 { Buffer(batchSize * outputs) } else { nil }
    }
    batchGradients = stages.batch.map {
      if case .linear(let inputs, _, _, true) = $0 { Buffer(batchSize * inputs) } else { nil }
    }
    logitGradient = Buffer(batchSize * network.classes)
    parameterBuffer = Buffer(layout.count)
    gradientBuffer = Buffer(layout.count)
    velocityBuffer = momentum ? Buffer(layout.count) : nil
    chunkGradients = Buffer(sizes.chunks * sizes.convolutionParameters)
    scratch = (0..<threads).map { _ in Buffer(sizes.scratchFloats + 4 * sizes.largestImage) }
  }

  func makeClock() -> (clock: StageClock, positions: [Int]) {
    let positions = stages.imagePositions + stages.batchPositions
    let clock = StageClock(stages: positions.count, threads: threadPool.threads)
    self.clock = clock
    return (clock, positions)
  }

  /// What the last pass showed of each layer. Only of an engine that is watched.
  var signals: [LayerSignal] {
    guard let watch else { preconditionFailure("the engine is not watched") }
    let poolIndices: [ParameterPlace?] =
      stages.image.map { if case .convolution(_, _, let place, _) = $0 { place } else { nil } }
      + stages.batch.map { if case .linear(_, _, let place, _) = $0 { place } else { nil } }
    let outputs = imageOutputs + batchOutputs
    let counts = stages.image.map(\.count) + stages.batch.map(\.outputCount)
    return watch.signals.enumerated().map { index, signal in
      var signal = signal
      // Behind layers that work in place what they made of it is there.
      if index + 1 == outputs.count || outputs[index + 1] != nil,
        let output = outputs[...index].last(where: { $0 != nil })
      {
        signal.outputSpread = spread(output!.pointer, images: batchSize, count: counts[index])
      }
      if let place = poolIndices[index] {
        signal.weightRMS = rootMeanSquare(parameters + place.weight, count: place.weightCount)
        signal.weightGradientRMS = rootMeanSquare(gradients + place.weight, count: place.weightCount)
      }
      return signal
    }
  }

  // MARK: In and out

  func image(_ index: Int) -> ImagePlace {
    ImagePlace(
      pixels: images + index * stages.inputCount, row: inputWidth, column: 1, channel: inputHeight * inputWidth)
  }

  var logits: (values: UnsafePointer<Float>, row: Int) { (UnsafePointer(batchOutputs.last!!.pointer), classes) }

  func setInput(_ index: Int, _ values: UnsafePointer<Float>) {
    (images + index * stages.inputCount).update(from: values, count: stages.inputCount)
  }

  var state: StateDictionary {
    get { tensors(parameters) }
    set { store(newValue, parameters) }
  }

  var velocity: StateDictionary? {
    get { velocities.map(tensors) }
    set {
      guard let velocities, let newValue else { return }
      store(newValue, velocities)
    }
  }

  private func store(_ state: StateDictionary, _ values: UnsafeMutablePointer<Float>) {
    precondition(state.tensors.count == layout.tensors.count, "the state of another network")
    for (place, tensor) in zip(layout.tensors, state.tensors) {
      precondition(place.shape == tensor.shape, "\(tensor.key) is \(tensor.shape), not \(place.shape)")
      tensor.values.withUnsafeBufferPointer { (values + place.offset).update(from: $0.baseAddress!, count: $0.count) }
    }
  }

  private func tensors(_ values: UnsafeMutablePointer<Float>) -> StateDictionary {
    StateDictionary(
      tensors: layout.tensors.map { tensor in
        StateDictionary.Tensor(
          key: tensor.key, shape: tensor.shape,
          values: Array(UnsafeBufferPointer(start: values + tensor.offset, count: tensor.count)))
      })
  }

  // MARK: A step

  func step(count: Int, labels: UnsafePointer<UInt8>, dropout: DropoutKey?, rule: UpdateRule) -> BatchResult {
    let result = forwardBackward(count: count, labels: labels, dropout: dropout)
    if result.lossSum.isFinite { update(rule) }
    return result
  }

  func gradient(count: Int, labels: UnsafePointer<UInt8>) -> (result: BatchResult, gradient: StateDictionary) {
    (forwardBackward(count: count, labels: labels, dropout: nil), tensors(gradients))
  }

  // MARK: Forward

  private func forwardBackward(count: Int, labels: UnsafePointer<UInt8>, dropout: DropoutKey?) -> BatchResult {
    precondition(count >= 1 && count <= batchSize, "\(count) images in a batch of \(batchSize)")
    threadPool.run(tasks: count) { image, thread in forwardKept(image, thread) }
    forwardBatch(count, dropout)
    let result = lossAndGradient(count, labels, logitGradient.pointer)
    backwardBatch(count, dropout)
    backwardImages(count)
    return result
  }

  func evaluate(count: Int, labels: UnsafePointer<UInt8>, predicted: UnsafeMutablePointer<UInt8>?) -> BatchResult {
    precondition(count >= 1 && count <= batchSize, "\(count) images in a batch of \(batchSize)")
    threadPool.run(tasks: count) { image, thread in forwardOnly(image, thread) }
    forwardBatch(count, nil)
    return lossAndGradient(count, labels, nil, predicted)
  }

  /// The image stages' output, which the batch stages begin with.
  private var features: UnsafeMutablePointer<Float> {
    for output in imageOutputs.reversed() { if let output { return output.pointer } }
    return images
  }

  /// One image through the image stages; what the backward pass needs is kept.
  private func forwardKept(_ image: Int, _ thread: Int) {
    var input = images + image * stages.inputCount
    for (index, stage) in stages.image.enumerated() {
      let output = imageOutputs[index].map { $0.pointer + image * stage.outputCount! } ?? input
      let began = clock == nil ? 0 : seconds()
      forward(
        stage, input, output, poolIndices: poolIndices[index].map { $0.pointer + image * stage.outputCount! },
        scale: scales[index].map { $0.pointer + image * stage.outputCount! }, scratch[thread].pointer)
      clock?.add(seconds() - began, stage: index, isForward: true, thread: thread)
      watch?.see(output, count: stage.count, stage: index, image: image, isGradient: false)
      input = output
    }
  }

  /// One image through the image stages with only the last output kept.
  private func forwardOnly(_ image: Int, _ thread: Int) {
    let memory = scratch[thread].pointer + sizes.scratchFloats
    let last = stages.image.lastIndex { $0.outputCount != nil }
    var turn = 0
    var input = images + image * stages.inputCount
    for (index, stage) in stages.image.enumerated() {
      var output = input
      if let count = stage.outputCount {
        output =
          index == last
          ? imageOutputs[index]!.pointer + image * count : memory + turn * sizes.largestImage
        turn = 1 - turn
      }
      let aside = memory + 2 * sizes.largestImage
      forward(
        stage, input, output, poolIndices: UnsafeMutableRawPointer(aside).assumingMemoryBound(to: UInt8.self),
        scale: aside,
        scratch[thread].pointer)
      input = output
    }
  }

  private func forward(
    _ stage: ImageStage, _ input: UnsafeMutablePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    poolIndices: UnsafeMutablePointer<UInt8>?, scale: UnsafeMutablePointer<Float>?,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    switch stage {
    case .convolution(let shape, let relu, let place, _):
      convolutionForward(
        input, weight: parameters + place.weight, bias: parameters + place.bias, shape, relu: relu, output,
        scratch: scratch)
    case .maxPool(let shape): maxPoolForward(input, shape, output, poolIndices: poolIndices!)
    case .localResponseNorm(let channels, let positions, let constants):
      localResponseNormForward(input, channels: channels, positions: positions, constants, output, scale: scale!)
    case .relu(let count): reluForward(output, count: count)
    }
  }

  private func forwardBatch(_ count: Int, _ key: DropoutKey?) {
    var input = features
    for (index, stage) in stages.batch.enumerated() {
      let place = stages.image.count + index
      let began = clock == nil ? 0 : seconds()
      switch stage {
      case .linear(let inputs, let outputs, let place, _):
        let output = batchOutputs[index]!.pointer
        let slices = Slices(outputs, tasks: sizes.linearSlices)
        threadPool.run(tasks: slices.tasks) { task, _ in
          let range = slices[task]
          for row in 0..<count {
            (output + row * outputs + range.lowerBound).update(
              from: parameters + place.bias + range.lowerBound, count: range.count)
          }
          gemm(
            transposeB: true, m: count, n: range.count, k: inputs, input, lda: inputs,
            parameters + place.weight + range.lowerBound * inputs, ldb: inputs, beta: 1, output + range.lowerBound,
            ldc: outputs)
        }
        input = output
      case .relu(let floats):
        let slices = Slices(count * floats, tasks: sizes.linearSlices)
        threadPool.run(tasks: slices.tasks) { task, _ in
          reluForward(input + slices[task].lowerBound, count: slices[task].count)
        }
      case .dropout(let floats, let probability, let layer):
        if let key { applyDropout(input, count * floats, probability, layer, key) }
      }
      clock?.add((seconds() - began) * Double(threadPool.threads), stage: place, isForward: true, thread: 0)
      for row in 0..<(watch == nil ? 0 : count) {
        watch?.see(
          input + row * stage.outputCount, count: stage.outputCount, stage: place, image: row, isGradient: false)
      }
    }
  }

  private func applyDropout(
    _ x: UnsafeMutablePointer<Float>, _ count: Int, _ probability: Double, _ layer: Int, _ key: DropoutKey
  ) {
    guard probability > 0 else { return }
    let random = key.random(layer: layer)
    let slices = Slices(count, tasks: sizes.linearSlices)
    threadPool.run(tasks: slices.tasks) { task, _ in
      let range = slices[task]
      dropout(x + range.lowerBound, first: range.lowerBound, count: range.count, probability: probability, random)
    }
  }

  private func lossAndGradient(
    _ count: Int, _ labels: UnsafePointer<UInt8>, _ gradient: UnsafeMutablePointer<Float>?,
    _ predicted: UnsafeMutablePointer<UInt8>? = nil
  ) -> BatchResult {
    meanLoss(
      batchOutputs.last!!.pointer, row: classes, classes: classes, count: count, labels: labels, gradient: gradient,
      predicted: predicted)
  }

  // MARK: Backward

  private func backwardBatch(_ count: Int, _ key: DropoutKey?) {
    var gradient = logitGradient.pointer
    for index in stages.batch.indices.reversed() {
      let stage = stages.batch[index]
      for row in 0..<(watch == nil ? 0 : count) {
        watch?.see(
          gradient + row * stage.outputCount, count: stage.outputCount, stage: stages.image.count + index, image: row,
          isGradient: true)
      }
      let began = clock == nil ? 0 : seconds()
      defer {
        clock?.add(
          (seconds() - began) * Double(threadPool.threads), stage: stages.image.count + index, isForward: false,
          thread: 0)
      }
      switch stage {
      case .linear(let inputs, let outputs, let place, let needsInputGradient):
        let input = batchInput(index)
        let rows = Slices(outputs, tasks: sizes.linearSlices)
        threadPool.run(tasks: rows.tasks) { task, _ in
          let range = rows[task]
          gemm(
            transposeA: true, m: range.count, n: inputs, k: count, gradient + range.lowerBound, lda: outputs, input,
            ldb: inputs, beta: 0, gradients + place.weight + range.lowerBound * inputs, ldc: inputs)
          let bias = gradients + place.bias
          for column in range {
            var total: Float = 0
            for row in 0..<count { total += gradient[row * outputs + column] }
            bias[column] = total
          }
        }
        guard needsInputGradient else { return }
        let inputGradient = batchGradients[index]!.pointer
        let columns = Slices(inputs, tasks: sizes.linearSlices)
        threadPool.run(tasks: columns.tasks) { task, _ in
          let range = columns[task]
          gemm(
            m: count, n: range.count, k: outputs, gradient, lda: outputs,
            parameters + place.weight + range.lowerBound, ldb: inputs, beta: 0, inputGradient + range.lowerBound,
            ldc: inputs)
        }
        gradient = inputGradient
      case .relu(let floats):
        let output = batchInput(index)
        let slices = Slices(count * floats, tasks: sizes.linearSlices)
        threadPool.run(tasks: slices.tasks) { task, _ in
          let first = slices[task].lowerBound
          reluBackward(output: output + first, gradient + first, count: slices[task].count)
        }
      case .dropout(let floats, let probability, let layer):
        if let key { applyDropout(gradient, count * floats, probability, layer, key) }
      }
    }
  }

  /// What a batch stage works on: the output of the Linear before it, or the features.
  private func batchInput(_ index: Int) -> UnsafeMutablePointer<Float> {
    for earlier in batchOutputs[..<index].reversed() { if let earlier { return earlier.pointer } }
    return features
  }

  /// Images in pieces that do not depend on the threads; the pieces' gradients are added in their order.
  private func backwardImages(_ count: Int) {
    // The first Linear's; what is before it works in place.
    guard sizes.convolutionParameters > 0, let first = batchGradients.lazy.compactMap({ $0 }).first else { return }
    let featureGradient = first.pointer
    let pieces = sizes.chunks
    threadPool.run(tasks: pieces) { piece, thread in
      let sums = chunkGradients.pointer + piece * sizes.convolutionParameters
      sums.update(repeating: 0, count: sizes.convolutionParameters)
      for image in count * piece / pieces..<count * (piece + 1) / pieces {
        backward(image, thread, featureGradient + image * stages.featureCount, sums)
      }
    }
    let slices = Slices(sizes.convolutionParameters, tasks: 16)
    threadPool.run(tasks: slices.tasks) { task, _ in
      let range = slices[task]
      let target = gradients + range.lowerBound
      target.update(from: chunkGradients.pointer + range.lowerBound, count: range.count)
      for piece in 1..<max(1, pieces) {
        add(
          chunkGradients.pointer + piece * sizes.convolutionParameters + range.lowerBound, to: target,
          count: range.count)
      }
    }
  }

  /// One image's gradients back through the image stages, added to `sums`.
  private func backward(
    _ image: Int, _ thread: Int, _ last: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>
  ) {
    let memory = scratch[thread].pointer + sizes.scratchFloats
    var gradient = last
    var turn = 0
    for index in stages.image.indices.reversed() {
      let stage = stages.image[index]
      watch?.see(gradient, count: stage.count, stage: index, image: image, isGradient: true)
      let began = clock == nil ? 0 : seconds()
      defer { clock?.add(seconds() - began, stage: index, isForward: false, thread: thread) }
      let input = imageInput(index, image)
      let output = imageOutputs[index].map { $0.pointer + image * stage.outputCount! } ?? input
      let inputGradient = memory + turn * sizes.largestImage
      switch stage {
      case .convolution(let shape, let relu, let place, let needsInputGradient):
        if relu { reluBackward(output: output, gradient, count: stage.outputCount!) }
        convolutionWeightGradient(
          input, outputGradient: gradient, shape, weightGradient: sums + place.weight, biasGradient: sums + place.bias,
          scratch: scratch[thread].pointer)
        guard needsInputGradient else { return }
        convolutionInputGradient(
          outputGradient: gradient, weight: parameters + place.weight, shape, inputGradient,
          scratch: scratch[thread].pointer)
      case .maxPool(let shape):
        maxPoolBackward(
          outputGradient: gradient, poolIndices: poolIndices[index]!.pointer + image * stage.outputCount!, shape,
          inputGradient)
      case .localResponseNorm(let channels, let positions, let constants):
        localResponseNormBackward(
          input, scale: scales[index]!.pointer + image * stage.outputCount!, outputGradient: gradient,
          channels: channels, positions: positions, constants, inputGradient, scratch: memory + 2 * sizes.largestImage)
      case .relu(let count):
        reluBackward(output: output, gradient, count: count)
        continue
      }
      gradient = inputGradient
      turn = 1 - turn
    }
  }

  private func imageInput(_ index: Int, _ image: Int) -> UnsafeMutablePointer<Float> {
    for earlier in stride(from: index - 1, through: 0, by: -1) {
      if let output = imageOutputs[earlier] { return output.pointer + image * stages.image[earlier].outputCount! }
    }
    return images + image * stages.inputCount
  }

  // MARK: Update

  private func update(_ rule: UpdateRule) {
    let slices = Slices(layout.count, tasks: 64)
    threadPool.run(tasks: slices.tasks) { task, _ in
      let (first, count) = (slices[task].lowerBound, slices[task].count)
      if let velocities {
        sgdUpdate(
          parameters + first, gradient: gradients + first, velocity: velocities + first, count: count,
          learningRate: rule.learningRate, momentum: rule.momentum, weightDecay: rule.weightDecay)
      } else {
        sgdUpdate(
          parameters + first, gradient: gradients + first, count: count, learningRate: rule.learningRate,
          weightDecay: rule.weightDecay)
      }
    }
  }
}
