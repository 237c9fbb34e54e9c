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
  /// The argmax of each window of a max pooling.
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
  /// Per thread: scratch, two gradient buffers and one for the normalization of one image, two gradient buffers of a piece.
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
    scratch = (0..<threads).map { _ in Buffer(sizes.floatsPerThread) }
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
    let parameterPlaces: [ParameterPlace?] =
      stages.image.map {
        switch $0 {
        case .convolution(_, _, let place, _), .groupedConvolution(_, _, let place, _): place
        case .maxPool, .averagePool, .localResponseNorm, .relu: nil
        }
      }
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
      if let place = parameterPlaces[index] {
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
    forwardImages(count, watch)
    forwardBatch(count, dropout)
    let result = lossAndGradient(count, labels, logitGradient.pointer)
    backwardBatch(count, dropout)
    backwardImages(count)
    return result
  }

  func evaluate(count: Int, labels: UnsafePointer<UInt8>, predicted: UnsafeMutablePointer<UInt8>?) -> BatchResult {
    forwardImages(count, nil)
    forwardBatch(count, nil)
    return lossAndGradient(count, labels, nil, predicted)
  }

  /// The image stages' output, which the batch stages begin with.
  private var features: UnsafeMutablePointer<Float> {
    for output in imageOutputs.reversed() { if let output { return output.pointer } }
    return images
  }

  /// The images of a piece of a batch of `count`: pieces do not depend on the threads.
  private func piece(_ index: Int, of count: Int) -> Range<Int> {
    count * index / sizes.chunks..<count * (index + 1) / sizes.chunks
  }

  /// A batch through the image stages: large stages image by image, so that an image stays in a core's caches, small ones a
  /// piece of the batch at a time.
  private func forwardImages(_ count: Int, _ watch: SignalWatch?) {
    precondition(count >= 1 && count <= batchSize, "\(count) images in a batch of \(batchSize)")
    threadPool.run(tasks: sizes.chunks) { index, thread in
      let piece = piece(index, of: count)
      for image in piece { forward(stages: 0..<sizes.groupedFrom, image..<image + 1, thread, watch) }
      forward(stages: sizes.groupedFrom..<stages.image.count, piece, thread, watch)
    }
  }

  /// Some images through some stages; what the backward pass needs is kept.
  private func forward(stages range: Range<Int>, _ piece: Range<Int>, _ thread: Int, _ watch: SignalWatch?) {
    for index in range where !piece.isEmpty {
      let stage = stages.image[index]
      let first = piece.lowerBound
      let input = imageInput(index, first)
      let output = imageOutputs[index].map { $0.pointer + first * stage.count } ?? input
      let began = clock == nil ? 0 : seconds()
      switch stage {
      case .convolution(let shape, let relu, let place, _):
        convolutionForward(
          input, images: piece.count, weight: parameters + place.weight, bias: parameters + place.bias, shape,
          relu: relu, output, scratch: scratch[thread].pointer)
      case .groupedConvolution(let shape, let groups, let place, _):
        forEachGroup(shape, groups, place, images: piece.count) { image, group in
          convolutionForward(
            input + image * groups * group.inputs + group.input, weight: parameters + group.weight,
            bias: parameters + group.bias, shape, relu: false, output + image * stage.count + group.output,
            scratch: scratch[thread].pointer)
        }
      case .averagePool(let shape):
        for image in 0..<piece.count {
          averagePoolForward(input + image * shape.C * shape.H * shape.W, shape, output + image * stage.count)
        }
      case .maxPool(let shape):
        for image in 0..<piece.count {
          maxPoolForward(
            input + image * shape.C * shape.H * shape.W, shape, output + image * stage.count,
            poolIndices: poolIndices[index]!.pointer + (first + image) * stage.count)
        }
      case .localResponseNorm(let channels, let positions, let constants):
        for image in 0..<piece.count {
          localResponseNormForward(
            input + image * stage.count, channels: channels, positions: positions, constants,
            output + image * stage.count, scale: scales[index]!.pointer + (first + image) * stage.count)
        }
      case .relu(let count): reluForward(output, count: piece.count * count)
      }
      clock?.add(seconds() - began, stage: index, isForward: true, thread: thread)
      for image in 0..<(watch == nil ? 0 : piece.count) {
        watch?.see(
          output + image * stage.count, count: stage.count, stage: index, image: first + image, isGradient: false)
      }
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

  /// The pieces' gradients are added in their order.
  private func backwardImages(_ count: Int) {
    // The first Linear's; what is before it works in place.
    guard sizes.convolutionParameters > 0, let first = batchGradients.lazy.compactMap({ $0 }).first else { return }
    let featureGradient = first.pointer
    let pieces = sizes.chunks
    threadPool.run(tasks: pieces) { index, thread in
      let sums = chunkGradients.pointer + index * sizes.convolutionParameters
      sums.update(repeating: 0, count: sizes.convolutionParameters)
      let piece = piece(index, of: count)
      guard !piece.isEmpty else { return }
      let memory = scratch[thread].pointer + sizes.scratchFloats
      let grouped = memory + 3 * sizes.largestImage
      let gradient = backward(
        stages: sizes.groupedFrom..<stages.image.count, piece, thread,
        featureGradient + piece.lowerBound * stages.featureCount, (grouped, sizes.groupedFloats), sums)
      guard let gradient, sizes.groupedFrom > 0 else { return }
      let floats = stages.image[sizes.groupedFrom - 1].count
      for (place, image) in piece.enumerated() {
        backward(
          stages: 0..<sizes.groupedFrom, image..<image + 1, thread, gradient + place * floats,
          (memory, sizes.largestImage), sums)
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

  /// Some images' gradients back through some stages, those of weights added to `sums`.
  ///
  /// `memory` has two buffers, used in turn, of as many floats as it says. Returns the gradient with respect to the stages'
  /// input, nil where nobody needs it.
  @discardableResult private func backward(
    stages range: Range<Int>, _ piece: Range<Int>, _ thread: Int, _ last: UnsafeMutablePointer<Float>,
    _ memory: (pointer: UnsafeMutablePointer<Float>, floats: Int), _ sums: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float>? {
    var gradient = last
    var turn = 0
    for index in range.reversed() {
      let stage = stages.image[index]
      let first = piece.lowerBound
      for image in 0..<(watch == nil ? 0 : piece.count) {
        watch?.see(
          gradient + image * stage.count, count: stage.count, stage: index, image: first + image, isGradient: true)
      }
      let began = clock == nil ? 0 : seconds()
      defer { clock?.add(seconds() - began, stage: index, isForward: false, thread: thread) }
      let input = imageInput(index, first)
      let output = imageOutputs[index].map { $0.pointer + first * stage.count } ?? input
      let inputGradient = memory.pointer + turn * memory.floats
      switch stage {
      case .convolution(let shape, let relu, let place, let needsInputGradient):
        if relu, !isPooled(index) { reluBackward(output: output, gradient, count: piece.count * stage.count) }
        convolutionWeightGradient(
          input, images: piece.count, outputGradient: gradient, shape, weightGradient: sums + place.weight,
          biasGradient: sums + place.bias, scratch: scratch[thread].pointer)
        guard needsInputGradient else { return nil }
        convolutionInputGradient(
          outputGradient: gradient, images: piece.count, weight: parameters + place.weight, shape, inputGradient,
          scratch: scratch[thread].pointer)
      case .groupedConvolution(let shape, let groups, let place, let needsInputGradient):
        forEachGroup(shape, groups, place, images: piece.count) { image, group in
          let (images, outputs) = (image * groups * group.inputs + group.input, image * stage.count + group.output)
          convolutionWeightGradient(
            input + images, outputGradient: gradient + outputs, shape, weightGradient: sums + group.weight,
            biasGradient: sums + group.bias, scratch: scratch[thread].pointer)
          guard needsInputGradient else { return }
          convolutionInputGradient(
            outputGradient: gradient + outputs, weight: parameters + group.weight, shape, inputGradient + images,
            scratch: scratch[thread].pointer)
        }
        guard needsInputGradient else { return nil }
      case .averagePool(let shape):
        for image in 0..<piece.count {
          averagePoolBackward(
            outputGradient: gradient + image * stage.count, shape, inputGradient + image * shape.C * shape.H * shape.W)
        }
      case .maxPool(let shape):
        // The ReLU before it: a maximum that is not positive passes nothing back. Here are fewer numbers than there.
        if index > 0, isPooled(index - 1), case .convolution(_, relu: true, _, _) = stages.image[index - 1] {
          reluBackward(output: output, gradient, count: piece.count * stage.count)
        }
        for image in 0..<piece.count {
          maxPoolBackward(
            outputGradient: gradient + image * stage.count,
            poolIndices: poolIndices[index]!.pointer + (first + image) * stage.count, shape,
            inputGradient + image * shape.C * shape.H * shape.W)
        }
      case .localResponseNorm(let channels, let positions, let constants):
        let aside = scratch[thread].pointer + sizes.scratchFloats + 2 * sizes.largestImage
        for image in 0..<piece.count {
          localResponseNormBackward(
            input + image * stage.count, scale: scales[index]!.pointer + (first + image) * stage.count,
            outputGradient: gradient + image * stage.count, channels: channels, positions: positions, constants,
            inputGradient + image * stage.count, scratch: aside)
        }
      case .relu(let count):
        reluBackward(output: output, gradient, count: piece.count * count)
        continue
      }
      gradient = inputGradient
      turn = 1 - turn
    }
    return gradient
  }

  /// Where a group of a convolution has its channels and parameters; `inputs` are the floats of its input.
  private struct Group {
    var inputs: Int
    var input: Int
    var output: Int
    var weight: Int
    var bias: Int
  }

  /// Every group of every image of a piece.
  private func forEachGroup(
    _ shape: ConvolutionShape, _ groups: Int, _ place: ParameterPlace, images: Int,
    _ body: (_ image: Int, _ group: Group) -> Void
  ) {
    let inputs = shape.C * shape.H * shape.W
    for image in 0..<images {
      for group in 0..<groups {
        body(
          image,
          Group(
            inputs: inputs, input: group * inputs, output: group * shape.K * shape.OH * shape.OW,
            weight: place.weight + group * shape.K * shape.columnRows, bias: place.bias + group * shape.K))
      }
    }
  }

  /// Whether a stage's output goes into a max-pooling.
  private func isPooled(_ index: Int) -> Bool {
    if index + 1 < stages.image.count, case .maxPool = stages.image[index + 1] { true } else { false }
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
