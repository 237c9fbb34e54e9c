import Kernels
public import Networks
public import Training

/// Which kernels a training runs on: `fast` or `reference`.
public typealias KernelPath = Training.KernelPath

/// Whole training steps on random data, timed.
public struct StepBenchmark {
  private let network: Network
  private let batch: Int
  private let steps: Int
  private let threads: Int
  private let kernels: KernelPath

  public init(network: Network, batch: Int, steps: Int, threads: Int, kernels: KernelPath) {
    self.network = network
    self.batch = batch
    self.steps = steps
    self.threads = threads
    self.kernels = kernels
  }

  /// What was measured; the names are those of the JSON that `vgglab bench step` prints.
  public struct Measurement: Codable, Sendable {
    public var images_per_second: Double
    public var images_per_second_best: Double
    public var seconds_median: Double
    public var peak_rss_bytes: Int
    public var batch: Int
    public var steps: Int
    public var threads: Int
    public var kernels: String
    public var instruction_set: String
    public var blas: String
    public var cpu: String
  }

  public func measure() throws -> Measurement {
    let timing = try benchmarkStep(network: network, batch: batch, steps: steps, threads: threads, kernels: kernels)
    return Measurement(
      images_per_second: Double(batch) / timing.secondsMedian,
      images_per_second_best: Double(batch) / timing.secondsBest,
      seconds_median: timing.secondsMedian,
      peak_rss_bytes: ProcessFacts.peakResidentBytes,
      batch: batch, steps: steps, threads: threads, kernels: kernels.rawValue, instruction_set: InstructionSet.name,
      blas: "\(BLAS.configuration), core \(BLAS.coreName)", cpu: Processor.name)
  }
}

import Foundation
public func printStages(_ network: Network) throws {
  var tf = 0.0, tb = 0.0
  for t in try measureStages(network: network, batch: 128, repeats: 10) {
    func g(_ n: Int, _ s: Double) -> String { String(format: "%6.1f", 2e-9 * Double(n) / s) }
    print(
      t.path.padding(toLength: 6, withPad: " ", startingAt: 0),
      t.kernel.padding(toLength: 24, withPad: " ", startingAt: 0),
      String(format: "%8.1f us %8.1f us", t.forwardSeconds * 1e6, t.backwardSeconds * 1e6), "direct",
      g(t.multiplyAdds, t.forwardSeconds), g(2 * t.multiplyAdds, t.backwardSeconds), "worked",
      g(t.workedMultiplyAdds, t.forwardSeconds), g(2 * t.workedMultiplyAdds, t.backwardSeconds))
    tf += t.forwardSeconds; tb += t.backwardSeconds
  }
  print("total us/img one thread", tf * 1e6, tb * 1e6, "img/s on 2:", 2 / (tf + tb))
}
