public import Datasets
import Kernels
public import Networks

/// A trained network that classifies images: the forward pass of a training's evaluation, with the same bits.
public final class Classifier {
  private let engine: any Engine
  private let labels: Buffer<UInt8>
  private let batchSize: Int
  private let classes: Int
  private let channels: Int
  private let side: Int
  private let threads: Int
  private let kernels: KernelPath

  /// `batchSize` and `kernels` are those of the training: the plan follows from them. Throws ``TrainingError`` for a network
  /// that cannot be run here or a state that is not its.
  public init(
    network: Network, state: StateDictionary, batchSize: Int, threads: Int, kernels: KernelPath
  ) throws(TrainingError) {
    guard case .image(let channels, let side, _) = network.input else {
      throw .impossible(what: "the network takes \(network.input), and not images")
    }
    if let complaint = state.mismatch(with: network) {
      throw .impossible(what: "the weights are not the network's: \(complaint)")
    }
    engine = try kernels.engine(network: network, batchSize: batchSize, threads: threads, momentum: false)
    engine.state = state
    labels = Buffer(batchSize)
    (self.batchSize, self.threads, self.kernels) = (batchSize, threads, kernels.used(for: network))
    (self.channels, self.side) = (channels, side)
    classes = network.classes
  }

  /// The probability of each class, by label, for images of a set: the softmax of the logits.
  public func probabilities(of set: ImageSet, _ indices: [Int]) -> [[Double]] {
    precondition(set.channels == channels, "images of \(set.channels) channels for a network of \(channels)")
    let loader = BatchLoader(height: set.height, width: set.width, side: side, threads: threads)
    let all = indices.map { Int32($0) }
    var result: [[Double]] = []
    for first in stride(from: 0, to: all.count, by: batchSize) {
      let piece = all[first..<min(first + batchSize, all.count)]
      loader.load(set, piece, engine, labels.pointer)
      _ = engine.evaluate(count: piece.count, labels: labels.pointer, predicted: nil)
      let (values, row) = engine.logits
      for index in 0..<piece.count {
        result.append(softmax(values + index * row, classes: classes))
      }
    }
    return result
  }

  /// The same for some images of a set, with the bits that they have when all of it is evaluated.
  ///
  /// On the fast kernels an image's bits do not depend on its neighbors. In OpenBLAS's products they do: there whole batches are
  /// evaluated, of which some images are wanted.
  public func probabilities(ofSome indices: [Int], in set: ImageSet) -> [[Double]] {
    guard kernels == .blas else { return probabilities(of: set, indices) }
    var found: [Int: [Double]] = [:]
    for batch in Set(indices.map { $0 / batchSize }) {
      let whole = Array(batch * batchSize..<min((batch + 1) * batchSize, set.count))
      for (index, row) in zip(whole, probabilities(of: set, whole)) { found[index] = row }
    }
    return indices.map { found[$0]! }
  }
}
