import Datasets
import Foundation
import Networks
import Testing
import Training

/// What steps cost, and how large what goes through the layers is.
@Suite struct MeasureTests {
  private static func network(_ architecture: Architecture, side: Int = 67, ratio: Int = 16) throws -> Network {
    try NetworkConfiguration(.architecture(architecture), ratio: ratio, hidden: 64)
      .build(input: .image(channels: 1, height: side, width: side), classes: 10)
  }

  @Test(arguments: [KernelPath.fast, .blas], [1, 2])
  func everyLayerWithWeightsIsTimed(kernels: KernelPath, threads: Int) throws {
    for architecture in [Architecture.vgg11, .vgg11LRN, .alexnet] {
      let network = try Self.network(architecture)
      let probe = try CostProbe(
        configuration: TrainingConfiguration(
          network: network, epochs: 1, batchSize: 12, learningRate: 0.01, threads: threads, kernels: kernels),
        dataset: syntheticDataset(training: 20, test: 1), side: 67)
      var told: [CostMeasurement] = []
      var ready = 0
      let completed = try probe.run(
        warmup: 1, steps: 2, shouldStop: { false }, ready: { ready = told.count + 1 }, observe: { told.append($0) })
      #expect(completed && ready == 1 && told.map(\.step) == [1, 2] && told.allSatisfy { $0.examples == 12 })
      for measured in told {
        let layers = network.layers
        let trained = layers.indices.filter { layers[$0].parameters > 0 }
        #expect(Set(measured.layers.map(\.position)).isSuperset(of: trained))
        // Layers that are fused to others are told under them.
        #expect(
          measured.layers.allSatisfy {
            ["Conv2d", "Linear", "LocalResponseNorm", "MaxPool2d", "ReLU", "Dropout"].contains(layers[$0.position].type)
          })
        for layer in measured.layers where trained.contains(layer.position) {
          #expect(layer.forwardSeconds > 0 && layer.backwardSeconds > 0)
        }
        let sum = measured.layers.reduce(0) { $0 + $1.forwardSeconds + $1.backwardSeconds }
        #expect(sum > 0 && sum <= measured.seconds * 1.001, "\(sum) of \(measured.seconds)")
      }
    }
  }

  @Test func aCostIsThatOfTheTrainingsOwnSteps() throws {
    let dataset = syntheticDataset(training: 24, test: 1)
    let configuration = TrainingConfiguration(
      network: try Self.network(.vgg11, side: 32), epochs: 1, batchSize: 8, learningRate: 0.05, shuffle: false)
    var trained: [Double] = []
    _ = try Trainer(configuration: configuration, dataset: dataset, side: 32).run(
      shouldStop: { false }, observe: { if case .step(let step) = $0 { trained.append(step.loss) } })
    var measured: [Double] = []
    _ = try CostProbe(configuration: configuration, dataset: dataset, side: 32).run(
      warmup: 0, steps: 3, shouldStop: { false }, ready: {}, observe: { measured.append($0.loss) })
    #expect(measured == trained)
  }

  @Test func stopsBetweenSteps() throws {
    let probe = try CostProbe(
      configuration: TrainingConfiguration(
        network: try Self.network(.vgg11, side: 32), epochs: 1, batchSize: 4, learningRate: 0.01),
      dataset: syntheticDataset(training: 8, test: 1), side: 32)
    var steps = 0
    #expect(
      try !probe.run(
        warmup: 1, steps: 5, shouldStop: { steps == 2 }, ready: {}, observe: { _ in steps += 1 }))
    #expect(steps == 2)
  }

  /// Beside a walk through the net by hand: the same images, layer by layer, in Double.
  @Test func signalsOfAnEasyNet() throws {
    let network = try Network(
      children: [.flatten, .linear(Linear(64, 3)), .relu, .linear(Linear(3, 2))],
      input: .image(channels: 1, height: 8, width: 8))
    var bytes: [UInt8] = []
    for place in 0..<5 * 64 { bytes.append(UInt8((place * 7 + place / 64 * 13) % 256)) }
    let labels: [UInt8] = [0, 1, 1, 0, 1]
    let set = ImageSet(height: 8, width: 8, pixels: bytes, labels: labels, classes: 2)
    let state = initialState(of: network, .xavier, seed: 3)
    let signals = try measureSignal(network: network, state: state, images: set, side: 8, threads: 2)
    #expect(signals.map(\.position) == [1, 2, 3])
    func values(_ key: String) -> [Double] { state[key]!.values.map { Double($0) } }
    let (w1, b1, w2, b2) = (values("1.weight"), values("1.bias"), values("3.weight"), values("3.bias"))
    func rms(_ values: [Double]) -> Double {
      var sum = 0.0
      for value in values { sum += value * value }
      return (sum / Double(values.count)).squareRoot()
    }
    var outputs: [[Double]] = [[], [], []]
    var gradients: [[Double]] = [[], [], []]
    var w1Gradient = [Double](repeating: 0, count: w1.count)
    for image in 0..<5 {
      let x = bytes[image * 64..<(image + 1) * 64].map { Double($0) / 255 }
      var hidden = b1
      for i in 0..<3 { for j in 0..<64 { hidden[i] += w1[i * 64 + j] * x[j] } }
      var logits = b2
      for i in 0..<2 { for j in 0..<3 { logits[i] += w2[i * 3 + j] * max(0, hidden[j]) } }
      let total: Double = exp(logits[0]) + exp(logits[1])
      var logitGradient = [exp(logits[0]) / total / 5, exp(logits[1]) / total / 5]
      logitGradient[Int(labels[image])] -= 0.2
      var openGradient = [0.0, 0, 0]
      for i in 0..<2 { for j in 0..<3 { openGradient[j] += w2[i * 3 + j] * logitGradient[i] } }
      var hiddenGradient = openGradient
      for i in 0..<3 where hidden[i] <= 0 { hiddenGradient[i] = 0 }
      for i in 0..<3 { for j in 0..<64 { w1Gradient[i * 64 + j] += hiddenGradient[i] * x[j] } }
      outputs[0] += hidden
      outputs[1] += hidden.map { max(0, $0) }
      outputs[2] += logits
      gradients[0] += hiddenGradient
      gradients[1] += openGradient
      gradients[2] += logitGradient
    }
    func expectNear(_ found: Double?, _ expected: Double) {
      let difference = abs((found ?? .infinity) - expected)
      #expect(difference < 1e-4 * expected + 1e-9, "\(found as Any), not \(expected)")
    }
    for layer in 0..<3 {
      expectNear(signals[layer].outputRMS, rms(outputs[layer]))
      expectNear(signals[layer].gradientRMS, rms(gradients[layer]))
    }
    #expect(signals[0].outputSpread == nil)
    for (layer, count) in [(1, 3), (2, 2)] {
      var deviations: [Double] = []
      for element in 0..<count {
        let column = (0..<5).map { outputs[layer][$0 * count + element] }
        let mean = column.reduce(0, +) / 5
        deviations.append(rms(column.map { $0 - mean }))
      }
      expectNear(signals[layer].outputSpread, rms(deviations))
    }
    expectNear(signals[0].weightRMS, rms(w1))
    expectNear(signals[0].weightGradientRMS, rms(w1Gradient))
    #expect(signals[1].weightRMS == nil)
  }

  @Test func signalsDoNotDependOnThreads() throws {
    let network = try Self.network(.vgg11LRN)
    let dataset = syntheticDataset(training: 40, test: 1)
    let state = initialState(of: network, .kaiming, seed: 0)
    let one = try measureSignal(network: network, state: state, images: dataset.training, side: 67, threads: 1)
    let two = try measureSignal(network: network, state: state, images: dataset.training, side: 67, threads: 2)
    #expect(one == two)
    // All layers but Flatten.
    #expect(one.map(\.position) == network.layers.indices.filter { network.layers[$0].type != "Flatten" })
    #expect(one.allSatisfy { $0.outputRMS > 0 && $0.gradientRMS! > 0 })
    // He's law keeps the signal in size behind a convolution with ReLU; none is lost on the way.
    #expect(one.allSatisfy { $0.outputRMS > 0.01 })
  }
}
