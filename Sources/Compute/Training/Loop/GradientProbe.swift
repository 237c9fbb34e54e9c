import Datasets
import Kernels
public import Networks

/// A network's loss and its gradient on given images: what a gradient check compares.
public final class GradientProbe {
  private let engine: any Engine
  private let batch: Int
  private let inputCount: Int

  /// Throws ``TrainingError`` for a network that cannot be trained here.
  public init(
    network: Network, batch: Int, threads: Int = 1, kernels: KernelPath = .fast
  ) throws(TrainingError) {
    engine = try kernels.engine(network: network, batchSize: batch, threads: threads, momentum: false)
    self.batch = batch
    inputCount = network.input.count
  }

  /// Mean cross-entropy and its gradient with respect to every parameter, at `state`.
  ///
  /// images `[count, C, H, W]`, labels `[count]`, at most the batch.
  public func callAsFunction(
    _ state: StateDictionary, images: [Float], labels: [UInt8]
  ) -> (loss: Double, gradient: StateDictionary) {
    precondition(labels.count <= batch, "\(labels.count) labels for a batch of \(batch)")
    precondition(images.count == labels.count * inputCount, "\(images.count) floats for \(labels.count) inputs")
    engine.state = state
    images.withUnsafeBufferPointer {
      for index in labels.indices { engine.setInput(index, $0.baseAddress! + index * inputCount) }
    }
    let (result, gradient) = engine.gradient(count: labels.count, labels: labels)
    return (result.lossSum / Double(labels.count), gradient)
  }
}
