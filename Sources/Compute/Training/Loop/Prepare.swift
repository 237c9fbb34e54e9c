import Datasets
import Kernels

extension TrainingConfiguration {
  /// The engine, and what loads its images, for the training half of a data set whose images are resized to `side` pixels.
  ///
  /// Throws ``TrainingError`` where network, data and configuration do not fit together.
  func prepared(for dataset: Dataset, side: Int) throws(TrainingError) -> (engine: any Engine, loader: BatchLoader) {
    let images = dataset.training
    guard network.input == .image(channels: images.channels, height: side, width: side) else {
      throw .impossible(
        what: "the network takes \(network.input), and the images are \(images.channels)x\(side)x\(side)")
    }
    guard images.count > 0 else {
      throw .impossible(what: "the data set '\(dataset.name)' has no images to train on")
    }
    guard network.classes >= images.classes else {
      throw .impossible(what: "the network distinguishes \(network.classes) classes, and there are \(images.classes)")
    }
    return (
      try kernels.engine(network: network, batchSize: batchSize, threads: threads, momentum: momentum != 0),
      BatchLoader(height: images.height, width: images.width, side: side, threads: threads)
    )
  }
}
