import Kernels
public import Networks

/// How long whole training steps took.
public struct StepTiming: Sendable, Hashable {
  public var secondsMedian: Double
  public var secondsBest: Double
}

/// Times forward, loss, backward and update on random pictures; one step before warms up.
///
/// Throws ``TrainingError`` for a network that cannot be trained here.
public func benchmarkStep(network: Network, batch: Int, steps: Int, threads: Int) throws(TrainingError) -> StepTiming {
  precondition(batch >= 1 && steps >= 1 && threads >= 1, "\(steps) steps of \(batch) on \(threads) threads")
  let engine = try ReferenceEngine(network: network, batchSize: batch, threads: threads, momentum: false)
  engine.state = initialState(of: network, .xavier, seed: 0)
  fillUniform(engine.images, count: batch * network.input.count, bound: 1, Philox(seed: 1, stream: 0x3000))
  let labels = (0..<batch).map { UInt8($0 % min(network.classes, 256)) }
  var timings: [Double] = []
  for step in 0...steps {
    let began = seconds()
    _ = engine.forwardBackward(count: batch, labels: labels, dropout: DropoutKey(seed: 0, epoch: 0, step: step))
    engine.update(UpdateRule(learningRate: 1e-3, momentum: 0, weightDecay: 0))
    if step > 0 { timings.append(seconds() - began) }
  }
  timings.sort()
  let middle = timings.count / 2
  return StepTiming(
    secondsMedian: timings.count % 2 == 1 ? timings[middle] : (timings[middle - 1] + timings[middle]) / 2,
    secondsBest: timings[0])
}
