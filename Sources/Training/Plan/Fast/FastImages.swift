import Foundation
import Kernels

/// The stages that work on each picture by itself.
extension FastEngine {
  /// Packs and transforms the convolutions' kernels if their weights have changed.
  func packKernels() {
    guard !isPacked else { return }
    isPacked = true
    let (weights, packed, transposed) = (parameters.pointer, packed.pointer, transposedWeights.pointer)
    team.run(tasks: plan.transpositions.count) { task, _ in
      let (stage, tap) = plan.transpositions[task]
      guard case .winograd(let shape) = stage.kernel else { return }
      let place = tap * shape.C * shape.K
      transpose(weights + stage.weight + place, rows: shape.C, columns: shape.K, transposed + stage.transposed + place)
    }
    team.run(tasks: plan.transforms.count) { task, _ in
      let (stage, isTransposed, range) = plan.transforms[task]
      switch stage.kernel {
      case .winograd(let shape) where isTransposed:
        winogradKernel(
          transposed + stage.transposed, shape.algorithm, channels: shape.K, outChannels: shape.C, range: range,
          packed + stage.packedTransposed)
      case .winograd(let shape):
        winogradKernel(
          weights + stage.weight, shape.algorithm, channels: shape.C, outChannels: shape.K, range: range,
          packed + stage.packed)
      case .implicit(let shape):
        packImplicitKernel(
          weights + stage.weight, shape, packed + stage.packed,
          transposed: stage.needsInputGradient ? packed + stage.packedTransposed : nil)
      case .first: break
      }
    }
  }

  /// Where the activations of some pictures stand: their slots in the buffers of the batch, and in a thread's.
  struct Pictures {
    /// The first picture's place in the batch.
    var first: Int
    var count: Int
    /// The first picture's slot in the buffers behind the input: the same, but in evaluation, where they are used again.
    var slot: Int
    /// Its slot in a thread's gradients of groups.
    var lane: Int
    var thread: Int
    var keeps: Bool
  }

  /// Forward with everything kept that the way back needs.
  func forwardImages(_ count: Int) {
    guard !plan.stages.isEmpty else { return }
    team.run(tasks: min(plan.chunks, count)) { piece, thread in
      forEachGroup(plan.chunk(piece, of: count)) { first, images in
        forward(Pictures(first: first, count: images, slot: first, lane: 0, thread: thread, keeps: true))
      }
    }
  }

  /// Forward with a group's buffers used again and again.
  func evaluateImages(_ count: Int) {
    guard !plan.stages.isEmpty else { return }
    team.run(tasks: (count + plan.groupSize - 1) / plan.groupSize) { group, thread in
      let first = group * plan.groupSize
      forward(
        Pictures(
          first: first, count: min(plan.groupSize, count - first), slot: thread * plan.groupSize, lane: 0,
          thread: thread, keeps: false))
    }
  }

  private func forEachGroup(_ range: Range<Int>, _ body: (Int, Int) -> Void) {
    for first in stride(from: range.lowerBound, to: range.upperBound, by: plan.groupSize) {
      body(first, min(plan.groupSize, range.upperBound - first))
    }
  }

  func forward(_ group: Pictures) {
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
  private func corners(_ index: Int, _ pictures: Pictures) -> PlaneStack {
    let activation = plan.activations[index]
    guard let buffer = kept[index] else {
      return PlaneStack(
        workshops[pictures.thread].passing[index]!.pointer, row: activation.row, image: activation.size)
    }
    let isShared = index == 0 || index == plan.activations.count - 1
    return PlaneStack(
      buffer.pointer + (isShared ? pictures.first : pictures.slot) * activation.size, row: activation.row,
      image: activation.size)
  }

  private func interiors(_ index: Int, _ pictures: Pictures) -> PlaneStack {
    var stack = corners(index, pictures)
    stack.base += plan.activations[index].interior
    return stack
  }

  private func places(_ index: Int, _ pictures: Pictures) -> PlaceStack? {
    guard let buffer = places[index] else { return nil }
    let size = plan.activations[index].places
    return PlaceStack(buffer.pointer + pictures.slot * size, image: size)
  }

  func forward(_ index: Int, _ pictures: Pictures) {
    let workshop = workshops[pictures.thread]
    let (from, to) = (plan.inputs[index], plan.outputs[index])
    let output = interiors(to, pictures)
    let places = pictures.keeps ? places(to, pictures) : nil
    switch plan.stages[index] {
    case .convolution(let stage):
      let target = stage.pool == nil ? output : map(stage, workshop)
      let (weight, bias) = (parameters.pointer + stage.weight, parameters.pointer + stage.bias)
      let input = corners(from, pictures)
      switch stage.kernel {
      case .winograd(let shape):
        winogradForward(
          shape, images: pictures.count, input: input, kernel: packed.pointer + stage.packed, bias: bias,
          stage.epilogue, output: target, places: places, scratch: workshop.scratch.pointer)
      case .first(let shape):
        for image in 0..<pictures.count {
          firstConvolutionForward(
            shape, input: input[image], weight: weight, bias: bias, stage.epilogue, output: target[image],
            places: places?[image])
        }
      case .implicit(let shape):
        for image in 0..<pictures.count {
          implicitForward(
            shape, input: input[image], packed: packed.pointer + stage.packed, bias: bias, relu: stage.relu,
            output: target[image], scratch: workshop.scratch.pointer)
        }
      }
      if let pool = stage.pool {
        for image in 0..<pictures.count {
          maxPoolChannelsLast(
            pool, channels: stage.kernel.outStored, input: target[image], output: output[image],
            places: places?[image], behindReLU: true)
        }
      }
    case .maxPool(let shape):
      let input = interiors(from, pictures)
      for image in 0..<pictures.count {
        maxPoolChannelsLast(
          shape, channels: plan.activations[to].stored, input: input[image], output: output[image],
          places: places?[image], behindReLU: false)
      }
    case .localResponseNorm(let constants):
      let activation = plan.activations[to]
      let input = interiors(from, pictures)
      for image in 0..<pictures.count {
        normaliseChannelsLast(
          height: activation.height, width: activation.width, channels: activation.channels, constants,
          input: input[image], output: output[image],
          scale: scales[to]!.pointer + (pictures.slot + image) * activation.scales, scratch: workshop.scratch.pointer)
      }
    case .relu:
      let activation = plan.activations[to]
      for image in 0..<pictures.count {
        reluForwardChannelsLast(
          height: activation.height, width: activation.width, channels: activation.stored, output[image])
      }
    }
  }

  /// A thread's maps in front of a pooling.
  private func map(_ stage: ConvolutionStage, _ workshop: Workshop) -> PlaneStack {
    PlaneStack(workshop.map.pointer, row: stage.mapRow, image: stage.mapFloats)
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
    team.run(tasks: min(plan.chunks, count)) { piece, thread in
      let workshop = workshops[thread]
      let sums = workshop.sums.pointer
      memset(sums, 0, 4 * plan.convolutionFloats)
      var isFirst = true
      forEachGroup(plan.chunk(piece, of: count)) { first, images in
        backward(
          Pictures(first: first, count: images, slot: first, lane: 0, thread: thread, keeps: true), sums, isFirst)
        isFirst = false
      }
      for case .convolution(let stage) in plan.stages {
        guard case .winograd(let shape) = stage.kernel else { continue }
        winogradKernelGradient(workshop.kernelGradients.pointer + stage.kernelGradient, shape, sums + stage.weight)
      }
      // The one before is as long at work as this one was, and began earlier: the wait is short.
      while turn.load(ordering: .acquiring) != piece { usleep(20) }
      if piece == 0 {
        total.update(from: sums, count: plan.convolutionFloats)
      } else {
        add(sums, to: total, count: plan.convolutionFloats)
      }
      turn.store(piece + 1, ordering: .releasing)
    }
    let slices = Slices(plan.convolutionFloats, tasks: 64)
    team.run(tasks: slices.tasks) { task, _ in
      let range = slices[task]
      use.apply(range.lowerBound, count: range.count, total + range.lowerBound)
    }
  }

  private func backward(_ group: Pictures, _ sums: UnsafeMutablePointer<Float>, _ isFirst: Bool) {
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

  /// The gradient with respect to an activation: the features' stands with the batch, others with the thread.
  private func gradientCorners(_ index: Int, _ pictures: Pictures) -> PlaneStack {
    let activation = plan.activations[index]
    if index == plan.activations.count - 1 {
      return PlaneStack(
        featureGradient.pointer + pictures.first * activation.size, row: activation.row, image: activation.size)
    }
    let lane = plan.slots(activation: index) > 1 ? pictures.lane : 0
    return PlaneStack(
      workshops[pictures.thread].gradients[index]!.pointer + lane * activation.size, row: activation.row,
      image: activation.size)
  }

  func backward(
    _ index: Int, _ pictures: Pictures, _ sums: UnsafeMutablePointer<Float>, _ isFirst: Bool
  ) {
    let workshop = workshops[pictures.thread]
    let (from, to) = (plan.inputs[index], plan.outputs[index])
    let activation = plan.activations[to]
    var gradient = gradientCorners(to, pictures)
    gradient.base += activation.interior
    var inputGradient: PlaneStack?
    var needsInputGradient = from > 0 && !plan.stages[index].isInPlace
    if case .convolution(let stage) = plan.stages[index] { needsInputGradient = stage.needsInputGradient }
    if needsInputGradient {
      let corners = gradientCorners(from, pictures)
      memset(corners.base, 0, 4 * pictures.count * corners.image)
      inputGradient = corners
    }
    switch plan.stages[index] {
    case .convolution(let stage):
      backward(stage, pictures, gradient, inputGradient, sums, isFirst, from, to)
    case .maxPool(let shape):
      guard let inputGradient else { return }
      let interior = plan.activations[from].interior
      for image in 0..<pictures.count {
        var target = inputGradient[image]
        target.base += interior
        maxPoolChannelsLastBackward(
          shape, channels: activation.stored, gradient: gradient[image], places: places(to, pictures)![image],
          inputGradient: target)
      }
    case .localResponseNorm(let constants):
      guard let inputGradient else { return }
      let interior = plan.activations[from].interior
      let input = interiors(from, pictures)
      for image in 0..<pictures.count {
        var target = inputGradient[image]
        target.base += interior
        normaliseChannelsLastBackward(
          height: activation.height, width: activation.width, channels: activation.channels, constants,
          input: input[image], scale: scales[to]!.pointer + (pictures.slot + image) * activation.scales,
          gradient: gradient[image], inputGradient: target, scratch: workshop.scratch.pointer)
      }
    case .relu:
      let output = interiors(to, pictures)
      for image in 0..<pictures.count {
        reluBackwardChannelsLast(
          height: activation.height, width: activation.width, channels: activation.stored, output: output[image],
          gradient: gradient[image], gradient[image])
      }
    }
  }

  private func backward(
    _ stage: ConvolutionStage, _ pictures: Pictures, _ gradient: PlaneStack, _ inputGradient: PlaneStack?,
    _ sums: UnsafeMutablePointer<Float>, _ isFirst: Bool, _ from: Int, _ to: Int
  ) {
    let workshop = workshops[pictures.thread]
    let input = corners(from, pictures)
    let output = interiors(to, pictures)
    var source = OutputGradient(gradient: gradient, output: output, places: places(to, pictures))
    var epilogue = stage.epilogue
    if let pool = stage.pool {
      // Back through the pooling, whose places know what ReLU let through.
      let map = map(stage, workshop)
      memset(map.base, 0, 4 * pictures.count * map.image)
      for image in 0..<pictures.count {
        maxPoolChannelsLastBackward(
          pool, channels: stage.kernel.outStored, gradient: gradient[image], places: source.places![image],
          inputGradient: map[image])
      }
      source = OutputGradient(gradient: map, output: map, places: nil)
      epilogue = .none
    }
    let (weight, bias) = (sums + stage.weight, sums + stage.bias)
    switch stage.kernel {
    case .winograd(let shape):
      winogradBackward(
        shape, images: pictures.count, input: input, source, epilogue,
        transposedKernel: inputGradient == nil ? nil : packed.pointer + stage.packedTransposed,
        kernelGradient: workshop.kernelGradients.pointer + stage.kernelGradient, biasGradient: bias, first: isFirst,
        inputGradient: inputGradient, scratch: workshop.scratch.pointer)
    case .first(let shape):
      for image in 0..<pictures.count {
        firstConvolutionBackward(
          shape, input: input[image], source, image: image, epilogue, weightGradient: weight, biasGradient: bias)
      }
    case .implicit(let shape):
      for image in 0..<pictures.count {
        var plain = source.gradient[image]
        if epilogue == .relu {
          let map = map(stage, workshop)[image]
          reluBackwardChannelsLast(
            height: shape.H, width: shape.W, channels: shape.K, output: output[image], gradient: plain, map)
          plain = map
        }
        implicitBackward(
          shape, input: input[image], gradient: plain,
          transposed: inputGradient == nil ? nil : packed.pointer + stage.packedTransposed, weightGradient: weight,
          biasGradient: bias, inputGradient: inputGradient?[image], scratch: workshop.scratch.pointer)
      }
    }
  }
}
