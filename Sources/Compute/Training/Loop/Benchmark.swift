public import Datasets
import Kernels
public import Networks

/// How long whole training steps took.
public struct StepTiming: Sendable, Hashable {
  public var secondsMedian: Double
  public var secondsBest: Double
}

/// Times forward, loss, backward and update on random images; one step before warms up.
///
/// Throws ``TrainingError`` for a network that cannot be trained here.
public func benchmarkStep(
  network: Network, batch: Int, steps: Int, threads: Int, kernels: KernelPath
) throws(TrainingError) -> StepTiming {
  precondition(batch >= 1 && steps >= 1 && threads >= 1, "\(steps) steps of \(batch) on \(threads) threads")
  let engine = try kernels.engine(network: network, batchSize: batch, threads: threads, momentum: false)
  engine.state = initialState(of: network, .xavier, seed: 0)
  engine.setRandomInputs(count: batch, of: network)
  let labels = (0..<batch).map { UInt8($0 % min(network.classes, 256)) }
  let rule = UpdateRule(learningRate: 1e-3, momentum: 0, weightDecay: 0)
  var timings: [Double] = []
  for step in 0...steps {
    let began = seconds()
    _ = engine.step(
      count: batch, labels: labels, dropout: DropoutKey(seed: 0, epoch: 0, step: step), rule: rule)
    if step > 0 { timings.append(seconds() - began) }
  }
  timings.sort()
  let middle = timings.count / 2
  return StepTiming(
    secondsMedian: timings.count % 2 == 1 ? timings[middle] : (timings[middle - 1] + timings[middle]) / 2,
    secondsBest: timings[0])
}

extension Engine {
  /// Puts images of uniform noise in 0…1 where those of the batch are.
  func setRandomInputs(count: Int, of network: Network) {
    let size = network.input.count
    var image = [Float](repeating: 0, count: size)
    for index in 0..<count {
      image.withUnsafeMutableBufferPointer {
        fillUniform($0.baseAddress!, count: size, bound: 0.5, Philox(seed: 1, stream: 0x3000, step: index))
        for place in $0.indices { $0[place] += 0.5 }
      }
      setInput(index, image)
    }
  }
}

/// How long a whole epoch took beside its steps.
public struct EpochTiming: Sendable, Hashable {
  /// Everything from the first image's loading to the last step, without evaluation.
  public var epochSeconds: Double
  /// The steps alone.
  public var stepSeconds: Double
  public var trainedImages: Int
  public var evaluationSeconds: Double
  public var evaluatedImages: Int
}

/// Times a whole epoch with loading and resizing, then an evaluation.
///
/// `side` is the size that images are resized to. Throws ``TrainingError`` as ``Trainer`` does.
public func benchmarkEpoch(
  network: Network, dataset: Dataset, side: Int, batch: Int, threads: Int, kernels: KernelPath
) throws -> EpochTiming {
  let trainer = try Trainer(
    configuration: TrainingConfiguration(
      network: network, epochs: 2, batchSize: batch, learningRate: 1e-3, threads: threads, kernels: kernels),
    dataset: dataset, side: side)
  // The first epoch warms up; the second lasts from the first one's end to its own last step.
  var epochBegan: Double?
  var epochEnded = 0.0
  var steps = 0.0
  _ = try trainer.run(shouldStop: { false }) { event in
    switch event {
    case .step(let step) where epochBegan != nil:
      steps += step.seconds
      epochEnded = seconds()
    case .epoch: epochBegan = epochBegan ?? seconds()
    case .step, .began, .curvePoint: break
    }
  }
  let began = seconds()
  _ = trainer.evaluate(dataset.test)
  let evaluation = seconds() - began
  return EpochTiming(
    epochSeconds: epochEnded - epochBegan!, stepSeconds: steps, trainedImages: dataset.training.count,
    evaluationSeconds: evaluation, evaluatedImages: dataset.test.count)
}

/// The speed of matrix products of 768×768 on one thread, in multiply-adds a second: OpenBLAS's, and this program's own.
public func productPeaks() -> (openBLAS: Double, tiles: Double) {
  let side = 768
  let (a, b, c) = (Buffer<Float>(side * side), Buffer<Float>(side * side), Buffer<Float>(side * side))
  fillUniform(a.pointer, count: side * side, bound: 1, Philox(seed: 1, stream: 0x3001))
  fillUniform(b.pointer, count: side * side, bound: 1, Philox(seed: 1, stream: 0x3002))
  func best(_ body: () -> Void) -> Double {
    var least = Double.infinity
    for _ in 0..<12 {
      let began = seconds()
      body()
      least = min(least, seconds() - began)
    }
    return Double(side * side * side) / least
  }
  let openBLAS = best {
    gemm(
      m: side, n: side, k: side, a.pointer, lda: side, b.pointer, ldb: side, beta: 0, c.pointer, ldc: side)
  }
  let tiles = best { multiplyPacked(m: side, n: side, k: side, a.pointer, packed: b.pointer, c.pointer) }
  return (openBLAS, tiles)
}
