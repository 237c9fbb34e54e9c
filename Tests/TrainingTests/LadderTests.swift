import Datasets
import Networks
import Testing
import Training

/// Rungs 3, 5 and 6 of the ladder: gradients of whole networks, equal bits over thread counts, a small set learned by
/// heart.
@Suite struct LadderTests {
  /// One of each layer, with odd sizes.
  static let small: [(name: String, network: Network)] = [
    (
      "convolutions, pooling and Linear layers",
      try! Network(
        children: [
          .sequential([
            .conv2d(Conv2d(2, 3, kernelSize: 3, padding: 1)), .relu, .maxPool2d(MaxPool2d(kernelSize: 2, stride: 2)),
          ]),
          .sequential([
            .conv2d(Conv2d(3, 5, kernelSize: 3, padding: 1)), .relu, .conv2d(Conv2d(5, 4, kernelSize: 1)), .relu,
            .localResponseNorm(LocalResponseNorm(size: 3, alpha: 0.5, beta: 0.75, k: 1)),
            .maxPool2d(MaxPool2d(kernelSize: 3, stride: 2)),
          ]),
          .flatten, .linear(Linear(16, 7)), .relu, .linear(Linear(7, 4)),
        ], input: .image(channels: 2, height: 11, width: 10))
    ),
    (
      "a stride and no ReLU",
      try! Network(
        children: [
          .conv2d(Conv2d(1, 3, kernelSize: 5, stride: 3, padding: 2)),
          .localResponseNorm(LocalResponseNorm(size: 4, alpha: 0.3, beta: 0.5, k: 2)), .relu,
          .conv2d(Conv2d(3, 2, kernelSize: 3, padding: 0)), .flatten, .linear(Linear(6, 3)),
        ], input: .image(channels: 1, height: 13, width: 9))
    ),
    (
      "groups, average pooling, dropout in front",
      try! Network(
        children: [
          .conv2d(Conv2d(2, 4, kernelSize: 3, padding: 1)), .relu,
          .conv2d(Conv2d(4, 6, kernelSize: 3, stride: 2, padding: 1, groups: 2)), .relu,
          .maxPool2d(MaxPool2d(kernelSize: 2, stride: 1)), .conv2d(Conv2d(6, 3, kernelSize: 2, groups: 3)),
          .adaptiveAvgPool2d(AdaptiveAvgPool2d(outputSize: 4)), .flatten, .dropout(Dropout(probability: 0)),
          .linear(Linear(48, 6)), .relu, .linear(Linear(6, 4)),
        ], input: .image(channels: 2, height: 11, width: 10))
    ),
    (
      "Linear layers alone",
      try! Network(children: [.linear(Linear(5, 6)), .relu, .linear(Linear(6, 3))], input: .features(5))
    ),
  ]

  /// Each tensor's gradient is what the loss does when the tensor moves along it, and along a random direction.
  ///
  /// Where a ReLU or a maximum changes sides within the step, the difference of losses is no derivative; such images, whose
  /// slopes in front and behind differ, are passed over.
  @Test(arguments: small.indices, KernelPath.allCases)
  func gradientsAreDirectionalDerivatives(index: Int, kernels: KernelPath) throws {
    let (name, network) = Self.small[index]
    let batch = 3
    let probe = try GradientProbe(network: network, batch: batch, kernels: kernels)
    let labels: [UInt8] = [0, 2, 1]
    let state = noiseState(network)
    for place in state.tensors.indices {
      let count = state.tensors[place].values.count
      for isRandom in [false, true] {
        let found = (0..<200).lazy.compactMap { salt -> (ours: Double, measured: Double, norm: Double)? in
          let images = noise(batch * network.input.count, salt: 500 + salt)
          let gradient = probe(state, images: images, labels: labels).gradient.tensors[place].values
          let norm = length(gradient)
          let direction = isRandom || norm == 0 ? noise(count, salt: 900 + salt) : gradient
          let size = length(direction)
          let ours = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) } / size
          func loss(_ step: Double) -> Double {
            var moved = state
            for i in 0..<count { moved.tensors[place].values[i] += Float(step / size) * direction[i] }
            return probe(moved, images: images, labels: labels).loss
          }
          let step = 2e-3
          let (before, here, behind) = (loss(-step), loss(0), loss(step))
          let slope = (behind - before) / (2 * step)
          guard abs(behind - 2 * here + before) <= 0.01 * step * max(norm, abs(slope)), isRandom || abs(slope) > 1e-3
          else {
            return nil
          }
          return (ours, slope, norm)
        }.first
        let key = "\(name), \(state.tensors[place].key)"
        let (ours, measured, norm) = try #require(found, "no images without a kink were found for \(key)")
        #expect(abs(ours - measured) <= 0.02 * norm + 1e-6, "\(key): \(ours), not \(measured)")
      }
    }
  }

  @Test(arguments: [Architecture.vgg11, .alexnet, .vgg11LRN, .vgg16], KernelPath.allCases)
  func theSameBitsComeOutForAnyNumberOfThreads(architecture: Architecture, kernels: KernelPath) throws {
    let side = architecture == .alexnet ? 75 : 64
    let network = try NetworkConfiguration(.architecture(architecture), ratio: 8)
      .build(input: .image(channels: 1, height: side, width: side), classes: 10)
    // Ten steps an epoch, the last of them short.
    let dataset = syntheticDataset(training: 211, test: 20)
    func train(_ threads: Int) throws -> (events: [TrainingEvent], state: StateDictionary) {
      let trainer = try Trainer(
        configuration: TrainingConfiguration(
          network: network, epochs: 2, batchSize: 22, learningRate: 0.02, momentum: 0.9, seed: 7, threads: threads,
          kernels: kernels),
        dataset: dataset, side: side)
      var events: [TrainingEvent] = []
      _ = try trainer.run(shouldStop: { false }) { events.append($0.withoutClocks) }
      return (events, trainer.state)
    }
    let alone = try train(1)
    #expect(alone.events.count { if case .step = $0 { true } else { false } } == 20)
    for threads in 2...4 {
      let together = try train(threads)
      #expect(together.events == alone.events)
      #expect(together.state == alone.state)
    }
  }

  @Test(arguments: KernelPath.allCases)
  func thirtyTwoPicturesAreLearnedByHeart(kernels: KernelPath) throws {
    let network = try NetworkConfiguration(.architecture(.vgg11), ratio: 16, dropout: 0, initialization: .kaiming)
      .build(input: .image(channels: 1, height: 32, width: 32), classes: 10)
    let set = syntheticDataset(training: 32, test: 1).training
    let trainer = try Trainer(
      configuration: TrainingConfiguration(
        network: network, initialization: .kaiming, epochs: 80, batchSize: 8, learningRate: 0.003, momentum: 0.9,
        threads: 2, kernels: kernels),
      dataset: Dataset(name: "thirty-two", training: set, test: set, digests: [:]), side: 32)
    var last: EpochMeasurement?
    _ = try trainer.run(shouldStop: { false }) { if case .epoch(let epoch) = $0 { last = epoch } }
    #expect(last?.testAccuracy == 1)
    #expect(try #require(last).testLoss < 0.05)
  }
}

private func length(_ values: [Float]) -> Double {
  values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}

extension TrainingEvent {
  /// The event without what a clock says.
  var withoutClocks: TrainingEvent {
    switch self {
    case .step(var step):
      step.seconds = 0
      return .step(step)
    case .epoch(var epoch):
      epoch.examplesPerSecond = 0
      epoch.epochSeconds = 0
      return .epoch(epoch)
    case .began, .curvePoint: return self
    }
  }
}
