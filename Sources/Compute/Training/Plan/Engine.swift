import Datasets
import Kernels

/// What one step of training or one batch of evaluation gave.
struct BatchResult: Sendable, Hashable {
  /// The sum of the cross-entropies of the batch's examples.
  var lossSum: Double
  var correct: Int
}

/// How parameters are changed after a step.
struct UpdateRule: Sendable, Hashable {
  var learningRate: Float
  var momentum: Float
  var weightDecay: Float
}

/// Which random numbers a step's dropout layers draw.
struct DropoutKey: Sendable, Hashable {
  var seed: UInt64
  var epoch: Int
  var step: Int

  func random(layer: Int) -> Philox {
    Philox(seed: seed, stream: RandomStream.dropout(layer), epoch: epoch, step: step)
  }
}

/// A network compiled to something that can be trained: every buffer is there before the first step.
///
/// The same numbers come out for any number of threads.
protocol Engine: AnyObject {
  var threadPool: ThreadPool { get }
  /// A clock that every step from now on is timed by, and the layer that each of its stages is.
  func makeClock() -> (clock: StageClock, positions: [Int])
  /// Where an image of the batch goes; values in 0…1.
  func image(_ index: Int) -> ImagePlace
  /// Puts an input `[C, H, W]`, or a vector, where image `index` of the batch is.
  func setInput(_ index: Int, _ values: UnsafePointer<Float>)
  /// All parameters as PyTorch's `state_dict()` has them.
  var state: StateDictionary { get set }
  /// The velocities of momentum under the same keys; nil without momentum, and then setting them does nothing.
  var velocity: StateDictionary? { get set }

  /// Forward, loss, backward and one update by stochastic gradient descent; the loss is the mean over the `count` images.
  ///
  /// Nothing is changed when the loss is not finite.
  func step(count: Int, labels: UnsafePointer<UInt8>, dropout: DropoutKey?, rule: UpdateRule) -> BatchResult
  /// Forward, loss and backward alone, without dropout: the gradient of the mean loss.
  func gradient(count: Int, labels: UnsafePointer<UInt8>) -> (result: BatchResult, gradient: StateDictionary)
  /// Forward alone, without dropout; `predicted`, if not nil, gets the class of each of the `count` images.
  func evaluate(count: Int, labels: UnsafePointer<UInt8>, predicted: UnsafeMutablePointer<UInt8>?) -> BatchResult
  /// The logits of the last pass, `[count, classes]`, and the floats from row to row.
  var logits: (values: UnsafePointer<Float>, row: Int) { get }
}

/// Where the pixels of an image go in an engine's memory.
struct ImagePlace {
  /// The first channel's first pixel.
  var pixels: UnsafeMutablePointer<Float>
  /// The floats from row to row.
  var row: Int
  /// The floats from a pixel to the next in its row.
  var column: Int
  /// The floats from a channel to the next.
  var channel: Int
}

/// The losses of `count` examples, and the gradient of their mean with respect to the logits if `gradient` is not nil.
///
/// logits and gradient `[count, classes]`, `row` floats from row to row.
func meanLoss(
  _ logits: UnsafePointer<Float>, row: Int, classes: Int, count: Int, labels: UnsafePointer<UInt8>,
  gradient: UnsafeMutablePointer<Float>?, predicted: UnsafeMutablePointer<UInt8>? = nil
) -> BatchResult {
  let weight = 1 / Float(count)
  var result = BatchResult(lossSum: 0, correct: 0)
  for index in 0..<count {
    let (loss, prediction) = softmaxCrossEntropy(
      logits + index * row, classes: classes, label: Int(labels[index]), weight: weight,
      gradient: gradient.map { $0 + index * row })
    result.lossSum += loss
    if prediction == Int(labels[index]) { result.correct += 1 }
    predicted?[index] = UInt8(truncatingIfNeeded: prediction)
  }
  return result
}
