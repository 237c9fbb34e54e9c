/// How long each stage of a plan is worked at in a step, forward and backward.
///
/// A stage that several threads work at side by side has the sum of their times divided by the threads: what it takes of
/// the step if no thread ever idles. Kernel packing, loss, the convolutions' SGD update and waiting belong to no stage.
final class StageClock: @unchecked Sendable {
  private let threads: Int
  private let stages: Int
  /// `[thread][direction][stage]`; no two threads write to one cache line.
  private let seconds: Buffer<Double>
  private let row: Int

  init(stages: Int, threads: Int) {
    self.stages = stages
    self.threads = threads
    row = (2 * stages + 15) & ~7
    seconds = Buffer(threads * row)
  }

  func reset() { seconds.pointer.update(repeating: 0, count: threads * row) }

  func add(_ time: Double, stage: Int, isForward: Bool, thread: Int) {
    seconds.pointer[thread * row + (isForward ? 0 : stages) + stage] += time
  }

  /// Seconds of all threads together, divided by the threads.
  func shared(stage: Int, isForward: Bool) -> Double {
    var sum = 0.0
    for thread in 0..<threads { sum += seconds.pointer[thread * row + (isForward ? 0 : stages) + stage] }
    return sum / Double(threads)
  }

  /// Adds what `body` takes while all threads work at one stage.
  func time(stage: Int, isForward: Bool, _ body: () -> Void) {
    let began = Training.seconds()
    body()
    // Recorded as a share, as the others are.
    add((Training.seconds() - began) * Double(threads), stage: stage, isForward: isForward, thread: 0)
  }
}

/// What a layer took in a step, with what is fused to it.
public struct LayerTime: Sendable, Hashable {
  /// The layer's place among the network's layers, from 0.
  public var position: Int
  /// Seconds of the step, for the whole batch.
  public var forwardSeconds: Double
  public var backwardSeconds: Double
}
