public import Datasets
import Foundation
import Kernels

/// Trains a network by d2l's recipe: mean cross-entropy, stochastic gradient descent, running averages over the epoch,
/// evaluation after each.
public final class Trainer {
  private let configuration: TrainingConfiguration
  private let dataset: Dataset
  private let engine: any Engine
  private let loader: BatchLoader
  private let labels: Buffer<UInt8>
  private var position = TrainingPosition()
  private var predictions: [UInt8]?

  /// A training from its beginning: `initialState` if given, otherwise what ``initialState(of:_:seed:)`` draws. With
  /// `resuming` it goes on from there, and computes what it would have computed without the interruption.
  ///
  /// `side` is the size in pixels that images are resized to. Throws ``TrainingError`` where network, data and
  /// configuration do not fit together.
  public init(
    configuration: TrainingConfiguration, dataset: Dataset, side: Int, initialState state: StateDictionary? = nil,
    resuming checkpoint: TrainingCheckpoint? = nil
  ) throws(TrainingError) {
    let network = configuration.network
    guard dataset.test.count > 0 else {
      throw .impossible(what: "the data set '\(dataset.name)' has no images to test on")
    }
    if let complaint = state?.mismatch(with: network) {
      throw .impossible(what: "the initial state is not the network's: \(complaint)")
    }
    self.configuration = configuration
    self.dataset = dataset
    (engine, loader) = try configuration.prepared(for: dataset, side: side)
    labels = Buffer(configuration.batchSize)
    if let checkpoint {
      if let complaint = checkpoint.mismatch(with: network, momentum: configuration.momentum != 0) {
        throw .impossible(what: "the checkpoint is not this training's: \(complaint)")
      }
      guard
        checkpoint.position.isPossible(
          examples: dataset.training.count, batchSize: configuration.batchSize, epochs: configuration.epochs,
          maxSteps: configuration.maxSteps)
      else { throw .impossible(what: "the checkpoint's position cannot be one of this training") }
      engine.state = checkpoint.state
      engine.velocity = checkpoint.velocity
      position = checkpoint.position
    } else {
      engine.state = state ?? initialState(of: network, configuration.initialization, seed: configuration.seed)
    }
  }

  /// The parameters as they are.
  public var state: StateDictionary { engine.state }

  private var stepsPerEpoch: Int {
    (dataset.training.count + configuration.batchSize - 1) / configuration.batchSize
  }

  private var totalSteps: Int {
    let steps = stepsPerEpoch * configuration.epochs
    return configuration.maxSteps.map { min($0, steps) } ?? steps
  }

  /// What the training can be taken up from, as it is between two steps.
  public var checkpoint: TrainingCheckpoint {
    TrainingCheckpoint(state: engine.state, velocity: engine.velocity, position: position)
  }

  /// Trains to the end, or until `shouldStop` says so between two steps.
  ///
  /// `reachedCheckpoint` is called where a checkpoint may be kept, with whether one should be: after each epoch and before
  /// stopping; it may keep others as it likes. Throws ``TrainingError/lossNotFinite(step:loss:)``, and whatever the two
  /// functions throw.
  public func run(
    shouldStop: () -> Bool, reachedCheckpoint: (_ isWanted: Bool) throws -> Void = { _ in },
    observe: (TrainingEvent) throws -> Void
  ) throws -> TrainingOutcome {
    try observe(.began(stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps))
    // An epoch whose steps are done may still lack its evaluation.
    while position.step < totalSteps || position.stepInEpoch > 0 {
      guard try runEpoch(shouldStop: shouldStop, reachedCheckpoint: reachedCheckpoint, observe: observe) else {
        try reachedCheckpoint(true)
        return TrainingOutcome(completed: false, step: position.step, trainingSeconds: position.trainingSeconds)
      }
      try reachedCheckpoint(true)
    }
    return TrainingOutcome(completed: true, step: position.step, trainingSeconds: position.trainingSeconds)
  }

  /// The rest of the current epoch and its evaluation; false if asked to stop.
  private func runEpoch(
    shouldStop: () -> Bool, reachedCheckpoint: (Bool) throws -> Void, observe: (TrainingEvent) throws -> Void
  ) throws -> Bool {
    let began = seconds()
    let order = epochOrder(position.epoch)
    let rule = UpdateRule(
      learningRate: Float(configuration.learningRate), momentum: Float(configuration.momentum),
      weightDecay: Float(configuration.weightDecay))
    while position.stepInEpoch < stepsPerEpoch, position.step < totalSteps {
      if shouldStop() { return false }
      let first = position.stepInEpoch * configuration.batchSize
      let indices = order[first..<min(first + configuration.batchSize, order.count)]
      loader.load(dataset.training, indices, engine, labels.pointer)
      let stepBegan = seconds()
      let result = engine.step(
        count: indices.count, labels: labels.pointer,
        dropout: DropoutKey(seed: configuration.seed, epoch: position.epoch, step: position.stepInEpoch), rule: rule)
      let loss = result.lossSum / Double(indices.count)
      guard loss.isFinite else {
        throw TrainingError.lossNotFinite(step: position.step + 1, loss: loss.isNaN ? "nan" : "\(loss)")
      }
      let taken = seconds() - stepBegan
      advance(result, examples: indices.count, seconds: taken)
      try report(result, examples: indices.count, seconds: taken, observe)
      try reachedCheckpoint(false)
    }
    if shouldStop() { return false }
    let test = evaluateTest()
    try observe(
      .epoch(
        EpochMeasurement(
          step: position.step, epoch: fractionalEpoch, trainLoss: position.lossSum / Double(position.examples),
          trainAccuracy: Double(position.correct) / Double(position.examples), testLoss: test.loss,
          testAccuracy: test.accuracy,
          examplesPerSecond: Double(position.trainedExamples) / position.trainingSeconds,
          epochSeconds: seconds() - began)))
    position.beginEpoch()
    return true
  }

  private var fractionalEpoch: Double {
    position.stepInEpoch == stepsPerEpoch
      ? Double(position.epoch + 1) : Double(position.epoch) + Double(position.stepInEpoch) / Double(stepsPerEpoch)
  }

  private func advance(_ result: BatchResult, examples: Int, seconds: Double) {
    predictions = nil
    position.step += 1
    position.stepInEpoch += 1
    position.lossSum += result.lossSum
    position.correct += result.correct
    position.examples += examples
    position.trainedExamples += examples
    position.trainingSeconds += seconds
  }

  private func report(
    _ result: BatchResult, examples: Int, seconds: Double, _ observe: (TrainingEvent) throws -> Void
  ) throws {
    try observe(
      .step(
        StepMeasurement(
          step: position.step, epoch: fractionalEpoch, loss: result.lossSum / Double(examples),
          accuracy: Double(result.correct) / Double(examples), examples: examples, seconds: seconds)))
    let isLast = position.stepInEpoch == stepsPerEpoch || position.step == totalSteps
    if position.stepInEpoch % max(1, stepsPerEpoch / 5) == 0 || isLast {
      try observe(
        .curvePoint(
          CurvePoint(
            step: position.step, epoch: fractionalEpoch, trainLoss: position.lossSum / Double(position.examples),
            trainAccuracy: Double(position.correct) / Double(position.examples))))
    }
  }

  /// The order in which an epoch sees the training images: a function of seed and epoch alone.
  private func epochOrder(_ epoch: Int) -> [Int32] {
    configuration.shuffle
      ? permutation(
        count: dataset.training.count, Philox(seed: configuration.seed, stream: RandomStream.shuffle, epoch: epoch))
      : (0..<Int32(dataset.training.count)).map { $0 }
  }

  /// The class that the network as it is takes each test image for.
  public var testPredictions: [UInt8] {
    if predictions == nil { _ = evaluateTest() }
    return predictions!
  }

  private func evaluateTest() -> (loss: Double, accuracy: Double) {
    var classes = [UInt8](repeating: 0, count: dataset.test.count)
    let result = classes.withUnsafeMutableBufferPointer { evaluate(dataset.test, predicted: $0.baseAddress!) }
    predictions = classes
    return result
  }

  /// The probability of the class that the network as it is takes each test image for: the largest value of the softmax.
  public var testConfidences: [Double] {
    var found: [Double] = []
    found.reserveCapacity(dataset.test.count)
    _ = evaluate(dataset.test, predicted: nil) { [classes = configuration.network.classes] logits, row, count in
      for index in 0..<count { found.append(softmax(logits + index * row, classes: classes).max() ?? .nan) }
    }
    return found
  }

  /// Mean cross-entropy and the share of right predictions, without dropout.
  public func evaluate(_ set: ImageSet) -> (loss: Double, accuracy: Double) { evaluate(set, predicted: nil) }

  private func evaluate(
    _ set: ImageSet, predicted: UnsafeMutablePointer<UInt8>?,
    see: (_ logits: UnsafePointer<Float>, _ row: Int, _ count: Int) -> Void = { _, _, _ in }
  ) -> (loss: Double, accuracy: Double) {
    let all = (0..<Int32(set.count)).map { $0 }
    var lossSum = 0.0
    var correct = 0
    for first in stride(from: 0, to: set.count, by: configuration.batchSize) {
      let indices = all[first..<min(first + configuration.batchSize, set.count)]
      loader.load(set, indices, engine, labels.pointer)
      let result = engine.evaluate(
        count: indices.count, labels: labels.pointer, predicted: predicted.map { $0 + first })
      lossSum += result.lossSum
      correct += result.correct
      see(engine.logits.values, engine.logits.row, indices.count)
    }
    return (lossSum / Double(set.count), Double(correct) / Double(set.count))
  }
}

/// Seconds on a clock that only goes forward.
func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
