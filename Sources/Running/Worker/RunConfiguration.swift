package import Configurations
package import Datasets
import Foundation
import Journals
package import Networks
package import Training

/// A run's configuration as its journal keeps it: a trial's canonical JSON, read back.
package struct RunConfiguration: Sendable {
  package var dataset: DatasetConfiguration
  package var network: NetworkConfiguration
  package var settings: TrainingSettings
  package var measure: MeasureSettings?

  package init(canonical: String, run: String) throws(WorkerError) {
    do {
      let trial = try TrialConfiguration(canonicalText: canonical)
      dataset = trial.dataset
      network = trial.network
      settings = trial.training
      measure = trial.measure == MeasureSettings() ? nil : trial.measure
    } catch {
      throw .configurationUnreadable(run: run, reason: "\(error)")
    }
  }

  package func loadDataset(path: String?) throws -> Dataset {
    let whole = try Datasets.loadDataset(
      named: dataset.name, path: path, environment: ProcessInfo.processInfo.environment)
    try whole.check(training: dataset.train, test: dataset.test, digest: dataset.data)
    return Dataset(
      name: whole.name,
      training: dataset.train.map { whole.training.prefix($0) } ?? whole.training,
      test: dataset.test.map { whole.test.prefix($0) } ?? whole.test,
      digests: whole.digests)
  }

  package func buildNetwork(classes: Int) throws(NetworkError) -> Network {
    try network.build(input: .image(channels: 1, height: dataset.resize, width: dataset.resize), classes: classes)
  }

  package func training(network built: Network, threads: Int, kernels: KernelPath) -> TrainingConfiguration {
    TrainingConfiguration(
      network: built, initialization: network.initialization, epochs: settings.epochs, batchSize: settings.batchSize,
      learningRate: settings.learningRate, momentum: settings.momentum, weightDecay: settings.weightDecay,
      seed: settings.seed, shuffle: settings.shuffle, maxSteps: settings.maxSteps, threads: threads,
      kernels: kernels)
  }
}

extension NetworkRecord {
  /// A network as the store keeps it.
  package init(_ network: Network, configuration: NetworkConfiguration) {
    let arch =
      switch configuration.body {
      case .architecture(let architecture): architecture.rawValue
      case .blocks: "blocks"
      }
    self.init(
      arch: arch, ratio: configuration.ratio, input: "\(network.input)", classes: network.classes,
      parameters: network.parameters, multiplyAdds: network.multiplyAdds, activationFloats: network.activationFloats,
      printed: network.printed, shapeWalk: network.shapeWalk,
      layers: network.layers.map { layer in
        LayerRecord(
          path: layer.path, child: layer.child, type: layer.type, printed: layer.printed,
          outputShape: "\(layer.output)", parameters: layer.parameters, multiplyAdds: layer.multiplyAdds,
          activationFloats: layer.activationFloats)
      })
  }
}
