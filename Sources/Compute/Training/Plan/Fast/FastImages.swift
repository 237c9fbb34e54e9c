import Datasets
import Files
import Foundation
import Kernels

/// The stages that work on each image by itself.
extension FastEngine {
  /// Packs and transforms the convolutions' kernels if their weights have changed.
  func packKernels() {
    guard !isPacked else { return }
    isPacked = true
    threadPool.run(tasks: plan.transpositions.count) { index, _ in
      let (stage, task) = plan.transpositions[index]
      stage.kernel.transpose(task, memory(stage))
    }
    threadPool.run(tasks: plan.packings.count) { index, _ in
      let (stage, task) = plan.packings[index]
      stage.kernel.pack(task, memory(stage))
    }
  }

  private func memory(_ stage: ConvolutionStage) -> KernelMemory {
    KernelMemory(
      weight: parameters.pointer + stage.weight, transposedWeight: transposedWeights.pointer + stage.transposed,
      packed: packed.pointer + stage.packed,
      packedTransposed: stage.needsInputGradient ? packed.pointer + stage.packedTransposed : nil)
  }

  /// Where the activations of some images are: their slots in the buffers of the batch, and in a thread's.
  struct Images {
    /// The first image's place in the batch.
    var first: Int
    var count: Int
    /// The first image's slot in the buffers behind the input: the same, but in evaluation, where they are used again.
    var slot: Int
    /// Its slot in a thread's gradients of groups.
    var lane: Int
    var thread: Int
    var keeps: Bool
  }

  /// Forward with everything kept that the backward pass needs.
  func forwardImages(_ count: Int) {
    guard !plan.stages.isEmpty else { return }
    threadPool.run(tasks: min(plan.chunks, count)) { piece, thread in
      forEachGroup(plan.chunk(piece, of: count)) { first, images in
        forward(Images(first: first, count: images, slot: first, lane: 0, thread: thread, keeps: true))
      }
    }
  }

  /// Forward with a group's buffers used again and again.
  func evaluateImages(_ count: Int) {
    guard !plan.stages.isEmpty else { return }
    threadPool.run(tasks: (count + plan.groupSize - 1) / plan.groupSize) { group, thread in
      let first = group * plan.groupSize
      forward(
        Images(
          first: first, count: min(plan.groupSize, count - first), slot: thread * plan.groupSize, lane: 0,
          thread: thread, keeps: false))
    }
  }

  private func forEachGroup(_ range: Range<Int>, _ body: (Int, Int) -> Void) {
    for first in stride(from: range.lowerBound, to: range.upperBound, by: plan.groupSize) {
      body(first, min(plan.groupSize, range.upperBound - first))
    }
  }

  func forward(_ group: Images) {
    for index in 0..<group.count {
      var one = group
      one.first += index
      one.slot += index
      one.count = 1
      for stage in 0..<plan.firstGrouped { timed(stage, isForward: true, one.thread) { forward(stage, one) } }
    }
    for stage in plan.firstGrouped..<plan.stages.count {
      timed(stage, isForward: true, group.thread) { forward(stage, group) }
    }
  }

  /// Works at a stage; on the clock, if there is one.
  private func timed(_ stage: Int, isForward: Bool, _ thread: Int, _ body: () -> Void) {
    guard let clock else { return body() }
    let began = seconds()
    body()
    clock.add(seconds() - began, stage: stage, isForward: isForward, thread: thread)
  }

  /// The padded corners of an activation; the features of evaluation go where those of training do.
  private func corners(_ index: Int, _ images: Images) -> PlaneStack {
    let activation = plan.activations[index]
    guard let buffer = kept[index] else {
      return PlaneStack(
        workspaces[images.thread].passing[index]!.pointer, row: activation.row, image: activation.size)
    }
    let isShared = index == 0 || index == plan.activations.count - 1
    return PlaneStack(
      buffer.pointer + (isShared ? images.first : images.slot) * activation.size, row: activation.row,
      image: activation.size)
  }

  private func interiors(_ index: Int, _ images: Images) -> PlaneStack {
    var stack = corners(index, images)
    stack.base += plan.activations[index].interior
    return stack
  }

  private func poolIndices(_ index: Int, _ images: Images) -> PoolIndexStack? {
    guard let buffer = poolIndices[index] else { return nil }
    let size = plan.activations[index].poolIndices
    return PoolIndexStack(buffer.pointer + images.slot * size, image: size)
  }

  func forward(_ index: Int, _ images: Images) {
    let workspace = workspaces[images.thread]
    let (from, to) = (plan.inputs[index], plan.outputs[index])
    let output = interiors(to, images)
    let poolIndices = images.keeps ? poolIndices(to, images) : nil
    switch plan.stages[index] {
    case .convolution(let stage):
      let target = stage.pool == nil ? output : map(stage, workspace)
      stage.kernel.forward(
        ForwardPass(
          images: images.count, input: corners(from, images), weight: parameters.pointer + stage.weight,
          bias: parameters.pointer + stage.bias, packed: packed.pointer + stage.packed, epilogue: stage.epilogue,
          output: target, poolIndices: poolIndices, scratch: workspace.scratch.pointer))
      if let pool = stage.pool {
        for image in 0..<images.count {
          maxPoolChannelsLast(
            pool, channels: stage.kernel.outStored, input: target[image], output: output[image],
            poolIndices: poolIndices?[image], behindReLU: true)
        }
      }
    case .maxPool(let shape):
      let input = interiors(from, images)
      for image in 0..<images.count {
        maxPoolChannelsLast(
          shape, channels: plan.activations[to].stored, input: input[image], output: output[image],
          poolIndices: poolIndices?[image], behindReLU: false)
      }
    case .localResponseNorm(let constants):
      let activation = plan.activations[to]
      let input = interiors(from, images)
      for image in 0..<images.count {
        normalizeChannelsLast(
          height: activation.height, width: activation.width, channels: activation.channels, constants,
          input: input[image], output: output[image],
          scale: scales[to]!.pointer + (images.slot + image) * activation.scales, scratch: workspace.scratch.pointer)
      }
    case .relu:
      let activation = plan.activations[to]
      for image in 0..<images.count {
        reluForwardChannelsLast(
          height: activation.height, width: activation.width, channels: activation.stored, output[image])
      }
    }
  }

  /// A thread's maps in front of a pooling.
  private func map(_ stage: ConvolutionStage, _ workspace: Workspace) -> PlaneStack {
    PlaneStack(workspace.map.pointer, row: stage.mapRow, image: stage.mapFloats)
  }

  // MARK: Backward

  /// The gradients of the convolutions, used as `use` says.
  ///
  /// Each piece of the batch has sums of its own, which are added in the order of the pieces: a thread that is done with one
  /// waits until those before have been added. So sums have one order for any number of threads.
  func backwardImages(_ count: Int, _ use: GradientUse) {
    guard plan.convolutionFloats > 0 else { return }
    let total = convolutionGradients.pointer
    turn.store(0, ordering: .relaxed)
    threadPool.run(tasks: min(plan.chunks, count)) { piece, thread in
      let workspace = workspaces[thread]
      let sums = workspace.sums.pointer
      memset(sums, 0, 4 * plan.convolutionFloats)
      var isFirst = true
      forEachGroup(plan.chunk(piece, of: count)) { first, images in
        backward(
          Images(first: first, count: images, slot: first, lane: 0, thread: thread, keeps: true), sums, isFirst)
        isFirst = false
      }
      for case .convolution(let stage) in plan.stages {
        stage.kernel.finishWeightGradient(
          workspace.kernelGradients.pointer + stage.kernelGradient, sums + stage.weight)
      }
      // The previous piece started earlier and takes about as long, so the spin is short.
      while turn.load(ordering: .acquiring) != piece { usleep(20) }
      if piece == 0 {
        total.update(from: sums, count: plan.convolutionFloats)
      } else {
        add(sums, to: total, count: plan.convolutionFloats)
      }
      turn.store(piece + 1, ordering: .releasing)
    }
    let slices = Slices(plan.convolutionFloats, tasks: 64)
    threadPool.run(tasks: slices.tasks) { task, _ in
      let range = slices[task]
      use.apply(range.lowerBound, count: range.count, total + range.lowerBound)
    }
  }

  private func backward(_ group: Images, _ sums: UnsafeMutablePointer<Float>, _ isFirst: Bool) {
    for stage in (plan.firstGrouped..<plan.stages.count).reversed() {
      timed(stage, isForward: false, group.thread) { backward(stage, group, sums, isFirst) }
    }
    for index in 0..<group.count {
      var one = group
      one.first += index
      one.slot += index
      one.lane = index
      one.count = 1
      // What was not kept is made again.
      if plan.activations.count > 2, !plan.activations[1].isKept {
        timed(0, isForward: false, one.thread) { forward(0, one) }
      }
      for stage in (0..<plan.firstGrouped).reversed() {
        timed(stage, isForward: false, one.thread) { backward(stage, one, sums, isFirst && index == 0) }
      }
    }
  }

  /// The gradient with respect to an activation: the features' is with the batch, others with the thread.
  private func gradientCorners(_ index: Int, _ images: Images) -> PlaneStack {
    let activation = plan.activations[index]
    if index == plan.activations.count - 1 {
      return PlaneStack(
        featureGradient.pointer + images.first * activation.size, row: activation.row, image: activation.size)
    }
    let lane = plan.slots(activation: index) > 1 ? images.lane : 0
    return PlaneStack(
      workspaces[images.thread].gradients[index]!.pointer + lane * activation.size, row: activation.row,
      image: activation.size)
  }

  func backward(
    _ index: Int, _ images: Images, _ sums: UnsafeMutablePointer<Float>, _ isFirst: Bool
  ) {
    let workspace = workspaces[images.thread]
    let (from, to) = (plan.inputs[index], plan.outputs[index])
    let activation = plan.activations[to]
    var gradient = gradientCorners(to, images)
    gradient.base += activation.interior
    var inputGradient: PlaneStack?
    var needsInputGradient = from > 0 && !plan.stages[index].isInPlace
    if case .convolution(let stage) = plan.stages[index] { needsInputGradient = stage.needsInputGradient }
    if needsInputGradient {
      let corners = gradientCorners(from, images)
      memset(corners.base, 0, 4 * images.count * corners.image)
      inputGradient = corners
    }
    switch plan.stages[index] {
    case .convolution(let stage):
      backward(stage, images, gradient, inputGradient, sums, isFirst, from, to)
    case .maxPool(let shape):
      guard let inputGradient else { return }
      let interior = plan.activations[from].interior
      for image in 0..<images.count {
        var target = inputGradient[image]
        target.base += interior
        maxPoolChannelsLastBackward(
          shape, channels: activation.stored, gradient: gradient[image], poolIndices: poolIndices(to, images)![image],
          inputGradient: target)
      }
    case .localResponseNorm(let constants):
      guard let inputGradient else { return }
      let interior = plan.activations[from].interior
      let input = interiors(from, images)
      for image in 0..<images.count {
        var target = inputGradient[image]
        target.base += interior
        normalizeChannelsLastBackward(
          height: activation.height, width: activation.width, channels: activation.channels, constants,
          input: input[image], scale: scales[to]!.pointer + (images.slot + image) * activation.scales,
          gradient: gradient[image], inputGradient: target, scratch: workspace.scratch.pointer)
      }
    case .relu:
      let output = interiors(to, images)
      for image in 0..<images.count {
        reluBackwardChannelsLast(
          height: activation.height, width: activation.width, channels: activation.stored, output: output[image],
          gradient: gradient[image], gradient[image])
      }
    }
  }

  private func backward(
    _ stage: ConvolutionStage, _ images: Images, _ gradient: PlaneStack, _ inputGradient: PlaneStack?,
    _ sums: UnsafeMutablePointer<Float>, _ isFirst: Bool, _ from: Int, _ to: Int
  ) {
    let workspace = workspaces[images.thread]
    let input = corners(from, images)
    let output = interiors(to, images)
    var source = OutputGradient(gradient: gradient, output: output, poolIndices: poolIndices(to, images))
    var epilogue = stage.epilogue
    if let pool = stage.pool {
      // Back through the pooling, whose poolIndices know what ReLU let through.
      let map = map(stage, workspace)
      memset(map.base, 0, 4 * images.count * map.image)
      for image in 0..<images.count {
        maxPoolChannelsLastBackward(
          pool, channels: stage.kernel.outStored, gradient: gradient[image], poolIndices: source.poolIndices![image],
          inputGradient: map[image])
      }
      source = OutputGradient(gradient: map, output: map, poolIndices: nil)
      epilogue = .none
    }
    stage.kernel.backward(
      BackwardPass(
        images: images.count, input: input, source: source, epilogue: epilogue,
        packedTransposed: inputGradient == nil ? nil : UnsafePointer(packed.pointer + stage.packedTransposed),
        weightGradient: sums + stage.weight, biasGradient: sums + stage.bias,
        kernelGradient: workspace.kernelGradients.pointer + stage.kernelGradient, isFirst: isFirst,
        inputGradient: inputGradient, map: map(stage, workspace), scratch: workspace.scratch.pointer))
  }
}
