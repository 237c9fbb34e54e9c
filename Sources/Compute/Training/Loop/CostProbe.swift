public import Datasets
import Networks

/// One training step that was timed, and its layers.
public struct CostMeasurement: Sendable, Hashable {
  /// From 1.
  public var step: Int
  /// The step itself, without loading and resizing.
  public var seconds: Double
  public var examples: Int
  /// The mean cross-entropy of the batch, before the update.
  public var loss: Double
  public var layers: [LayerTime]
}

/// Times whole training steps on the images of a data set: forward, loss, backward and update, with dropout on.
public final class CostProbe {
  private let configuration: TrainingConfiguration
  private let dataset: Dataset
  private let engine: any Engine
  private let loader: BatchLoader
  private let labels: Buffer<UInt8>
  private let clock: StageClock
  private let positions: [Int]

  /// `side` is the size in pixels that images are resized to. Throws ``TrainingError`` where network, data and
  /// configuration do not fit together.
  public init(configuration: TrainingConfiguration, dataset: Dataset, side: Int) throws(TrainingError) {
    let network = configuration.network
    self.configuration = configuration
    self.dataset = dataset
    (engine, loader) = try configuration.prepared(for: dataset, side: side)
    labels = Buffer(configuration.batchSize)
    (clock, positions) = engine.makeClock()
    engine.state = initialState(of: network, configuration.initialization, seed: configuration.seed)
  }

  /// Takes `warmup` steps, calls `ready`, takes `steps` more and reports each of these; false if asked to stop.
  ///
  /// A data set with fewer images than these batches have gives them again. Throws
  /// ``TrainingError/lossNotFinite(step:loss:)``, and whatever the functions throw.
  public func run(
    warmup: Int, steps: Int, shouldStop: () -> Bool, ready: () throws -> Void,
    observe: (CostMeasurement) throws -> Void
  ) throws -> Bool {
    let rule = UpdateRule(
      learningRate: Float(configuration.learningRate), momentum: Float(configuration.momentum),
      weightDecay: Float(configuration.weightDecay))
    let batch = configuration.batchSize
    let images = dataset.training.count
    for step in 0..<warmup + steps {
      if shouldStop() { return false }
      if step == warmup { try ready() }
      let indices = (step * batch..<(step + 1) * batch).map { Int32($0 % images) }
      loader.load(dataset.training, indices[...], engine, labels.pointer)
      clock.reset()
      let began = seconds()
      let result = engine.step(
        count: batch, labels: labels.pointer, dropout: DropoutKey(seed: configuration.seed, epoch: 0, step: step),
        rule: rule)
      let taken = seconds() - began
      let loss = result.lossSum / Double(batch)
      guard loss.isFinite else {
        throw TrainingError.lossNotFinite(step: step + 1, loss: loss.isNaN ? "nan" : "\(loss)")
      }
      if step < warmup { continue }
      try observe(
        CostMeasurement(step: step - warmup + 1, seconds: taken, examples: batch, loss: loss, layers: layerTimes))
    }
    return true
  }

  /// The stages' times under their layers; stages of one layer are added.
  private var layerTimes: [LayerTime] {
    var times: [Int: LayerTime] = [:]
    for (stage, position) in positions.enumerated() {
      let known = times[position] ?? LayerTime(position: position, forwardSeconds: 0, backwardSeconds: 0)
      times[position] = LayerTime(
        position: position, forwardSeconds: known.forwardSeconds + clock.shared(stage: stage, isForward: true),
        backwardSeconds: known.backwardSeconds + clock.shared(stage: stage, isForward: false))
    }
    return times.values.sorted { $0.position < $1.position }
  }
}
