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
public func benchmarkStep(
  network: Network, batch: Int, steps: Int, threads: Int, kernels: KernelPath
) throws(TrainingError) -> StepTiming {
  precondition(batch >= 1 && steps >= 1 && threads >= 1, "\(steps) steps of \(batch) on \(threads) threads")
  let engine = try kernels.engine(network: network, batchSize: batch, threads: threads, momentum: false)
  engine.state = initialState(of: network, .xavier, seed: 0)
  let count = network.input.count
  var picture = [Float](repeating: 0, count: count)
  for index in 0..<batch {
    picture.withUnsafeMutableBufferPointer {
      fillUniform($0.baseAddress!, count: count, bound: 1, Philox(seed: 1, stream: 0x3000, step: index))
    }
    engine.setInput(index, picture)
  }
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
