import Datasets
import Foundation
import Networks
import Testing
import Training

/// d2l's recipe: what is drawn, what is counted, when it is told.
@Suite struct RecipeTests {
  static func network(dropout: Double = 0.5, side: Int = 32) throws -> Network {
    try NetworkConfiguration(.architecture(.vgg11), ratio: 32, dropout: dropout)
      .build(input: .image(channels: 1, height: side, width: side), classes: 10)
  }

  @Test func weightsAreXavierUniformAndBiasesPyTorchsDefault() throws {
    let network = try NetworkConfiguration(.architecture(.vgg11), ratio: 4)
      .build(input: .image(channels: 1, height: 96, width: 96), classes: 10)
    let state = initialState(of: network, .xavier, seed: 0)
    let bounds: [(String, Double)] = [
      ("0.0.weight", 0.19802951), ("0.0.bias", 0.33333333), ("1.0.weight", 0.11785113), ("1.0.bias", 0.08333333),
      ("2.2.weight", 0.07216878), ("6.weight", 0.03381261), ("6.bias", 0.02946278), ("9.weight", 0.02706329),
      ("12.weight", 0.03822664), ("12.bias", 0.015625),
    ]
    for (key, bound) in bounds {
      let values = try #require(state[key]).values.map(Double.init)
      let largest = values.map(abs).max()!
      #expect(largest <= bound * (1 + 1e-6), "\(key): \(largest)")
      #expect(largest > bound * (values.count > 1000 ? 0.999 : 0.6), "\(key): \(largest)")
      if values.count > 1000 {
        let mean = values.reduce(0, +) / Double(values.count)
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
        #expect(abs(mean) < 4 * bound / Double(3 * values.count).squareRoot(), "\(key): mean \(mean)")
        #expect(abs(deviation - bound / 3.0.squareRoot()) < 0.02 * bound, "\(key): deviation \(deviation)")
      }
    }
    #expect(initialState(of: network, .xavier, seed: 0) == state)
    #expect(initialState(of: network, .xavier, seed: 1) != state)
  }

  @Test func curvePointsRunningAveragesAndShortLastBatch() throws {
    let dataset = syntheticDataset(training: 119, test: 25)
    let trainer = try Trainer(
      configuration: TrainingConfiguration(
        network: try Self.network(), epochs: 2, batchSize: 10, learningRate: 0.01, threads: 1),
      dataset: dataset, side: 32)
    var steps: [StepMeasurement] = []
    var points: [CurvePoint] = []
    var epochs: [EpochMeasurement] = []
    var began: (Int, Int)?
    let outcome = try trainer.run(shouldStop: { false }) { event in
      switch event {
      case .began(let stepsPerEpoch, let totalSteps): began = (stepsPerEpoch, totalSteps)
      case .step(let step): steps.append(step)
      case .curvePoint(let point): points.append(point)
      case .epoch(let epoch): epochs.append(epoch)
      }
    }
    #expect(began! == (12, 24))
    #expect(outcome.completed && outcome.step == 24)
    #expect(steps.map(\.examples) == Array(repeating: Array(repeating: 10, count: 11) + [9], count: 2).flatMap { $0 })
    // 12 / 5 = 2: every second step, which the last is too.
    #expect(points.map(\.step) == Array(stride(from: 2, through: 24, by: 2)))
    #expect(points.last?.epoch == 2)
    #expect(steps[0].epoch == 1 / 12.0)
    for epoch in 0..<2 {
      let its = steps[(12 * epoch)..<(12 * epoch + 12)]
      let loss = its.reduce(0) { $0 + $1.loss * Double($1.examples) } / 119
      #expect(abs(loss - epochs[epoch].trainLoss) < 1e-9)
      let right = its.reduce(0) { $0 + $1.accuracy * Double($1.examples) } / 119
      #expect(abs(right - epochs[epoch].trainAccuracy) < 1e-9)
      #expect(points[6 * epoch + 5].trainLoss == epochs[epoch].trainLoss)
    }
  }

  @Test func sixPointsAnEpochOf469Steps() {
    // d2l's rule, (i + 1) % (469 / 5) == 0 or the last.
    let points = (1...469).filter { $0 % (469 / 5) == 0 || $0 == 469 }
    #expect(points == [93, 186, 279, 372, 465, 469])
  }

  @Test func maxStepsEndsATrainingWithAnEvaluation() throws {
    let trainer = try Trainer(
      configuration: TrainingConfiguration(
        network: try Self.network(), epochs: 5, batchSize: 8, learningRate: 0.01, maxSteps: 7, threads: 1),
      dataset: syntheticDataset(training: 40, test: 10), side: 32)
    var epochs: [EpochMeasurement] = []
    let outcome = try trainer.run(shouldStop: { false }) { if case .epoch(let epoch) = $0 { epochs.append(epoch) } }
    #expect(outcome.completed && outcome.step == 7)
    #expect(epochs.map(\.step) == [5, 7])
    #expect(epochs.map(\.epoch) == [1, 1.4])
  }

  @Test func noEpochIsNoTraining() throws {
    let configuration = TrainingConfiguration(
      network: try Self.network(), epochs: 0, batchSize: 8, learningRate: 0.01, seed: 4, threads: 1)
    let trainer = try Trainer(configuration: configuration, dataset: syntheticDataset(training: 40, test: 10), side: 32)
    let outcome = try trainer.run(shouldStop: { false }) { _ in }
    #expect(outcome.completed && outcome.step == 0)
    #expect(trainer.state == initialState(of: configuration.network, .xavier, seed: 4))
  }

  @Test func stopsBetweenTwoSteps() throws {
    let trainer = try Trainer(
      configuration: TrainingConfiguration(
        network: try Self.network(), epochs: 2, batchSize: 8, learningRate: 0.01, threads: 1),
      dataset: syntheticDataset(training: 40, test: 10), side: 32)
    var steps = 0
    let outcome = try trainer.run(shouldStop: { steps == 3 }) { if case .step = $0 { steps += 1 } }
    #expect(!outcome.completed && outcome.step == 3)
  }

  @Test func aDivergedTrainingNamesItsStep() throws {
    let trainer = try Trainer(
      configuration: TrainingConfiguration(
        network: try Self.network(), epochs: 10, batchSize: 8, learningRate: 1e30, threads: 1),
      dataset: syntheticDataset(training: 40, test: 10), side: 32)
    var steps = 0
    do {
      _ = try trainer.run(shouldStop: { false }) { if case .step = $0 { steps += 1 } }
      Issue.record("a learning rate of 1e30 was survived")
    } catch let error as TrainingError {
      guard case .lossNotFinite(let step, _) = error else { throw error }
      #expect(step == steps + 1)
      #expect("\(error)".contains("step \(step)"))
    }
  }

  @Test func dropoutIsOnInTrainingAndOffInEvaluation() throws {
    let dataset = syntheticDataset(training: 64, test: 64)
    func firstLoss(_ dropout: Double) throws -> (training: Double, evaluation: Double) {
      let trainer = try Trainer(
        configuration: TrainingConfiguration(
          network: try Self.network(dropout: dropout), epochs: 1, batchSize: 64, learningRate: 0.01, shuffle: false,
          threads: 1),
        dataset: dataset, side: 32)
      let evaluation = trainer.evaluate(dataset.training).loss
      var loss = 0.0
      _ = try trainer.run(shouldStop: { false }) { if case .step(let step) = $0 { loss = step.loss } }
      return (loss, evaluation)
    }
    let without = try firstLoss(0)
    let with = try firstLoss(0.5)
    #expect(without.training == without.evaluation)
    #expect(with.evaluation == without.evaluation)
    #expect(with.training != with.evaluation)
  }

  @Test func mismatchesAreToldBeforeAnythingRuns() throws {
    let network = try Self.network()
    let configuration = TrainingConfiguration(network: network, epochs: 1, batchSize: 8, learningRate: 0.01)
    let dataset = syntheticDataset(training: 16, test: 8)
    #expect(throws: TrainingError.self) { try Trainer(configuration: configuration, dataset: dataset, side: 33) }
    #expect(throws: TrainingError.self) {
      try Trainer(
        configuration: configuration, dataset: dataset, side: 32, initialState: StateDictionary(tensors: []))
    }
  }

  @Test func plannedMemoryGrowsWithTheBatch() throws {
    let network = try Self.network()
    for kernels in KernelPath.allCases {
      func planned(batch: Int = 1, threads: Int = 1, momentum: Bool = false) -> Int {
        plannedBytes(network: network, batchSize: batch, threads: threads, momentum: momentum, kernels: kernels)
      }
      #expect(planned() > 4 * network.parameters)
      #expect(planned(batch: 64) > planned())
      #expect(planned(threads: 4) > planned())
      #expect(planned(momentum: true) >= planned() + 4 * network.parameters)
    }
  }
}
