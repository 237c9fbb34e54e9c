import Datasets
import Foundation
import Networks
import Testing
import Training

/// A training that is stopped and taken up again is the training that never stopped.
@Suite struct ResumeTests {
  private static let dataset = syntheticDataset(training: 70, test: 20)

  private static func configuration(_ kernels: KernelPath, momentum: Double) throws -> TrainingConfiguration {
    TrainingConfiguration(
      network: try RecipeTests.network(), epochs: 2, batchSize: 16, learningRate: 0.02, momentum: momentum, seed: 5,
      threads: 1, kernels: kernels)
  }

  /// Trains until `stop` steps are done in all, or to the end, and gives the events and what can be gone on from.
  private static func train(
    _ configuration: TrainingConfiguration, from checkpoint: TrainingCheckpoint?, stopAt stop: Int?
  ) throws -> (events: [TrainingEvent], last: TrainingCheckpoint, completed: Bool) {
    let trainer = try Trainer(configuration: configuration, dataset: dataset, side: 32, resuming: checkpoint)
    var events: [TrainingEvent] = []
    var step = checkpoint?.step ?? 0
    let outcome = try trainer.run(shouldStop: { step == stop }) { event in
      if case .step(let measured) = event { step = measured.step }
      if case .began = event {} else { events.append(event.withoutClocks) }
    }
    return (events, trainer.checkpoint, outcome.completed)
  }

  @Test(arguments: KernelPath.allCases, [0, 0.9])
  func everyStepIsAsGoodAsAnyOther(kernels: KernelPath, momentum: Double) throws {
    let configuration = try Self.configuration(kernels, momentum: momentum)
    let whole = try Self.train(configuration, from: nil, stopAt: nil)
    #expect(whole.completed && whole.last.step == 10)
    let path = NSTemporaryDirectory() + "vgglab-resume-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    for stop in 0...10 {
      let first = try Self.train(configuration, from: nil, stopAt: stop)
      #expect(first.last.step == stop)
      // Through a file, as a killed process leaves it.
      _ = try first.last.write(to: path)
      let read = try TrainingCheckpoint(safetensors: Data(contentsOf: URL(fileURLWithPath: path)))
      #expect(read == first.last)
      let second = try Self.train(configuration, from: read, stopAt: nil)
      #expect(first.events + second.events == whole.events, "stopped behind step \(stop)")
      #expect(second.last.state == whole.last.state)
      #expect(second.last.velocity == whole.last.velocity)
    }
  }

  @Test func checkpointsMayBeKeptAtEveryStepAndMustBeAtEveryEpoch() throws {
    let trainer = try Trainer(
      configuration: try Self.configuration(.fast, momentum: 0), dataset: Self.dataset, side: 32)
    var asked: [(step: Int, isWanted: Bool)] = []
    _ = try trainer.run(
      shouldStop: { false }, reachedCheckpoint: { asked.append((trainer.checkpoint.step, $0)) }, observe: { _ in })
    #expect(asked.map(\.step) == [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 10])
    #expect(asked.filter(\.isWanted).map(\.step) == [5, 10])
  }

  @Test func anotherTrainingsCheckpointIsRefused() throws {
    let plain = try Self.train(try Self.configuration(.fast, momentum: 0), from: nil, stopAt: 3).last
    #expect(throws: TrainingError.self) {
      try Self.train(try Self.configuration(.fast, momentum: 0.9), from: plain, stopAt: nil)
    }
    var other = try Self.configuration(.fast, momentum: 0)
    other.network = try RecipeTests.network(side: 64)
    #expect(throws: TrainingError.self) {
      try Trainer(configuration: other, dataset: Self.dataset, side: 64, resuming: plain)
    }
  }

  @Test func aFileWithoutAPositionIsNoCheckpoint() throws {
    let state = initialState(of: try RecipeTests.network(), .xavier, seed: 0)
    #expect(throws: SafetensorsError.noPosition) { try TrainingCheckpoint(safetensors: state.safetensors) }
  }

  @Test func everyByteOfAHeaderMayBeDamaged() throws {
    let network = try Network(
      children: [.flatten, .linear(Linear(784, 10))], input: .image(channels: 1, height: 28, width: 28))
    let trainer = try Trainer(
      configuration: TrainingConfiguration(
        network: network, epochs: 1, batchSize: 16, learningRate: 0.1, momentum: 0.9, threads: 1),
      dataset: Self.dataset, side: 28)
    _ = try trainer.run(shouldStop: { false }, observe: { _ in })
    let path = NSTemporaryDirectory() + "vgglab-damage-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try trainer.checkpoint.write(to: path)
    let sound = try Data(contentsOf: URL(fileURLWithPath: path))
    let length = 8 + sound.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    var refused = 0
    for place in 0..<length {
      var damaged = sound
      damaged[place] ^= 0x55
      // Whatever it says, it is refused or read, and what is read has the network's shapes or is told apart from it.
      guard let read = try? TrainingCheckpoint(safetensors: damaged) else {
        refused += 1
        continue
      }
      #expect(read.mismatch(with: network, momentum: true) != nil || read != trainer.checkpoint)
    }
    #expect(refused > length / 2, "\(refused) of \(length)")
  }

  @Test func predictionsAreThoseOfTheNetworkAsItStands() throws {
    let trainer = try Trainer(
      configuration: try Self.configuration(.fast, momentum: 0.9), dataset: Self.dataset, side: 32)
    _ = try trainer.run(shouldStop: { false }, observe: { _ in })
    let right = zip(trainer.testPredictions, Self.dataset.test.labels).count { $0 == $1 }
    #expect(Double(right) / 20 == trainer.evaluate(Self.dataset.test).accuracy)
  }
}
