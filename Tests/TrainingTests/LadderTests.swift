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
      "Linear layers alone",
      try! Network(children: [.linear(Linear(5, 6)), .relu, .linear(Linear(6, 3))], input: .features(5))
    ),
  ]

  @Test(arguments: small.indices, KernelPath.allCases)
  func gradientsAreCentralDifferences(index: Int, kernels: KernelPath) throws {
    let (name, network) = Self.small[index]
    let batch = 3
    let probe = try GradientProbe(network: network, batch: batch, kernels: kernels)
    let images = noise(batch * network.input.count, salt: 5)
    let labels: [UInt8] = [0, 2, 1]
    let state = noiseState(network)
    let gradient = probe(state, images: images, labels: labels).gradient
    var checked = 0
    for (place, tensor) in state.tensors.enumerated() {
      for element in stride(from: 0, to: tensor.values.count, by: max(1, tensor.values.count / 17)) {
        func loss(_ shift: Float) -> Double {
          var moved = state
          moved.tensors[place].values[element] += shift
          return probe(moved, images: images, labels: labels).loss
        }
        let step: Float = 4e-3
        let difference = (loss(step) - loss(-step)) / Double(2 * step)
        let ours = Double(gradient.tensors[place].values[element])
        // A kink of ReLU or pooling within the step makes a difference; most places have none.
        if abs(difference - ours) <= 2e-3 + 0.02 * abs(ours) {
          checked += 1
        } else {
          let fine: Float = 5e-4
          let nearer = (loss(fine) - loss(-fine)) / Double(2 * fine)
          #expect(
            abs(nearer - ours) <= 4e-3 + 0.05 * abs(ours), "\(name), \(tensor.key)[\(element)]: \(ours), not \(nearer)")
        }
      }
    }
    #expect(checked > 20)
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
