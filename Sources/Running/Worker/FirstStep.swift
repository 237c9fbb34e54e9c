import Journals
import Processes
import Training

/// Takes one step of a trial's configuration, to see before hours are spent that it can be run at all; nothing is recorded.
///
/// The exit code: 0, or 75 or 130 for having been stopped by a signal before. Throws what a training would have failed by.
func takeFirstStep(of canonicalText: String, _ job: Job, _ kernels: KernelPath) throws -> Int32 {
  let configuration = try RunConfiguration(canonical: canonicalText, run: "of a first step")
  let dataset = try configuration.loadDataset(path: job.data)
  let network = try configuration.buildNetwork(for: dataset)
  let trainer = try Trainer(
    configuration: configuration.training(network: network, threads: job.threads, kernels: kernels), dataset: dataset,
    side: configuration.dataset.resize)
  var isTaken = false
  _ = try trainer.run(
    shouldStop: { isTaken || StopSignal.number != nil },
    observe: { event in if case .step = event { isTaken = true } })
  return isTaken ? 0 : StopSignal.exitCode
}
