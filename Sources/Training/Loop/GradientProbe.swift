public import Networks

/// A network's loss and its gradient on given pictures: what a gradient check compares.
public final class GradientProbe {
  private let engine: ReferenceEngine
  private let batch: Int

  /// Throws ``TrainingError`` for a network that cannot be trained here.
  public init(network: Network, batch: Int, threads: Int = 1) throws(TrainingError) {
    engine = try ReferenceEngine(network: network, batchSize: batch, threads: threads, momentum: false)
    self.batch = batch
  }

  /// Mean cross-entropy and its gradient with respect to every parameter, at `state`.
  ///
  /// images `[batch, C, H, W]`, labels `[batch]`.
  public func callAsFunction(
    _ state: StateDictionary, images: [Float], labels: [UInt8]
  ) -> (loss: Double, gradient: StateDictionary) {
    precondition(labels.count == batch, "\(labels.count) labels for a batch of \(batch)")
    engine.state = state
    images.withUnsafeBufferPointer { engine.images.update(from: $0.baseAddress!, count: $0.count) }
    let result = engine.forwardBackward(count: batch, labels: labels, dropout: nil)
    let tensors = engine.layout.tensors.map { tensor in
      StateDictionary.Tensor(
        key: tensor.key, shape: tensor.shape,
        values: Array(UnsafeBufferPointer(start: engine.gradients + tensor.offset, count: tensor.count)))
    }
    return (result.lossSum / Double(batch), StateDictionary(tensors: tensors))
  }
}
