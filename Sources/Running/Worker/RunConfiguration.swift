package import Configurations
package import Datasets
import Foundation
package import Journals
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
      named: dataset.name, path: path, side: dataset.resize, environment: ProcessInfo.processInfo.environment)
    try whole.check(training: dataset.train, test: dataset.test, digest: dataset.data)
    return whole.prefix(training: dataset.train, test: dataset.test)
  }

  /// The network for the images and classes of a data set; without one, for those that the data set's name implies.
  package func buildNetwork(for data: Dataset?) throws(NetworkError) -> Network {
    let known = knownShape(ofDataset: dataset.name) ?? (channels: 1, classes: 10)
    return try buildNetwork(
      channels: data?.training.channels ?? known.channels, classes: data?.training.classes ?? known.classes)
  }

  package func buildNetwork(channels: Int, classes: Int) throws(NetworkError) -> Network {
    try network.build(
      input: .image(channels: channels, height: dataset.resize, width: dataset.resize), classes: classes)
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
  package init(_ network: Network, configuration: NetworkConfiguration, images: ImagesRecord? = nil) {
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
      }, images: images)
  }
}

extension ImagesRecord {
  /// What a data set of one's own trains on; nil for those whose names say it.
  package init?(_ dataset: Dataset?) {
    guard let dataset, !["fashion-mnist", "synthetic"].contains(dataset.name) else { return nil }
    let brightness = Brightness(of: dataset.training)
    self.init(
      classNames: dataset.classNames, height: dataset.typicalSize.height, width: dataset.typicalSize.width,
      mean: brightness.mean, borderMean: brightness.borderMean)
  }
}
