import Kernels
public import Networks
import Processes
public import Training

/// Which kernels a training runs on: `fast` or `blas`.
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

  /// Times the steps. Throws `TrainingError`.
  public func measure() throws -> Measurement {
    let timing = try benchmarkStep(network: network, batch: batch, steps: steps, threads: threads, kernels: kernels)
    return Measurement(
      images_per_second: Double(batch) / timing.secondsMedian,
      images_per_second_best: Double(batch) / timing.secondsBest,
      seconds_median: timing.secondsMedian,
      peak_rss_bytes: ProcessFacts.peakResidentBytes,
      batch: batch, steps: steps, threads: threads, kernels: kernels.rawValue, instruction_set: InstructionSet.name,
      blas: BLAS.summary, cpu: Processor.name)
  }
}
