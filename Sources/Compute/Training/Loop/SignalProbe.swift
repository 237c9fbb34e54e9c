public import Datasets
import Kernels
public import Networks

/// The images that a signal is measured on, at most.
public let signalImages = 32

/// How large outputs, gradients and weights of each layer are for the first images of a set, without dropout.
///
/// Flatten, which changes nothing, is left out. On the reference kernels, where every layer's output can be looked at.
/// Throws ``TrainingError`` for a network that cannot be trained here.
public func measureSignal(
  network: Network, state: StateDictionary, images: ImageSet, side: Int, threads: Int
) throws(TrainingError) -> [LayerSignal] {
  let count = min(signalImages, images.count)
  guard count > 0 else { throw .impossible(what: "there are no images to measure a signal on") }
  let engine = try BLASEngine(network: network, batchSize: count, threads: threads, momentum: false, watched: true)
  engine.state = state
  let labels = Buffer<UInt8>(count)
  BatchLoader(height: images.height, width: images.width, side: side, threads: threads)
    .load(images, (0..<Int32(count)).map { $0 }[...], engine, labels.pointer)
  _ = engine.gradient(count: count, labels: labels.pointer)
  return engine.signals
}
