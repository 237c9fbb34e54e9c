import Datasets
import Foundation
import Networks
public import Training

/// One step of a trial's real configuration, to see before hours are spent that it can be run at all.
public struct SmokeStep {
  private let configuration: String
  private let threads: Int
  private let data: String?
  private let kernels: KernelPath

  /// `configuration` is a trial's canonical text.
  public init(configuration: String, threads: Int, data: String?, kernels: KernelPath) {
    self.configuration = configuration
    self.threads = threads
    self.data = data
    self.kernels = kernels
  }

  /// Takes the step; nothing is written. Throws what a worker would have failed by.
  ///
  /// The exit code: 0, or 75 or 130 for having been stopped by a signal before.
  public func take(attached: Bool) throws -> Int32 {
    StopSignal.listen()
    if attached { try StopSignal.stopWithParent() }
    try ProcessLimits.check(threads: threads)
    let configuration = try RunConfiguration(canonical: configuration, run: "smoke")
    let dataset = try configuration.loadDataset(path: data)
    let network = try configuration.buildNetwork(classes: dataset.training.classes)
    let trainer = try Trainer(
      configuration: configuration.training(network: network, threads: threads, kernels: kernels), dataset: dataset,
      side: configuration.dataset.resize)
    var isTaken = false
    _ = try trainer.run(
      shouldStop: { isTaken || StopSignal.number != nil },
      observe: { event in if case .step = event { isTaken = true } })
    return isTaken ? 0 : StopSignal.exitCode
  }
}
