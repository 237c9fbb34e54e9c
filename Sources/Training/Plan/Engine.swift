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
}

/// A network compiled to something that can be trained: every buffer is there before the first step.
///
/// The same numbers come out for any number of threads.
protocol Engine: AnyObject {
  var team: ThreadTeam { get }
  /// Where a batch's pictures go: `[batch, C, H, W]`, values in 0…1.
  var images: UnsafeMutablePointer<Float> { get }
  var layout: ParameterLayout { get }
  /// All parameters in the layout's places.
  var parameters: UnsafeMutablePointer<Float> { get }
  /// The velocities of momentum in the same places; nil without momentum.
  var velocities: UnsafeMutablePointer<Float>? { get }

  /// Forward, loss, backward; the gradients stay for ``update(_:)``. The loss is the mean over the `count` pictures.
  func forwardBackward(count: Int, labels: UnsafePointer<UInt8>, dropout: DropoutKey?) -> BatchResult
  /// One step of stochastic gradient descent with the gradients of the last backward pass.
  func update(_ rule: UpdateRule)
  /// Forward alone, without dropout.
  func evaluate(count: Int, labels: UnsafePointer<UInt8>) -> BatchResult
}

extension Engine {
  /// The parameters as PyTorch's `state_dict()` has them.
  var state: StateDictionary {
    get {
      StateDictionary(
        tensors: layout.tensors.map { tensor in
          StateDictionary.Tensor(
            key: tensor.key, shape: tensor.shape,
            values: Array(UnsafeBufferPointer(start: parameters + tensor.offset, count: tensor.count)))
        })
    }
    set {
      precondition(newValue.tensors.count == layout.tensors.count, "the state of another network")
      for (place, tensor) in zip(layout.tensors, newValue.tensors) {
        precondition(place.shape == tensor.shape, "\(tensor.key) is \(tensor.shape), not \(place.shape)")
        tensor.values.withUnsafeBufferPointer {
          (parameters + place.offset).update(from: $0.baseAddress!, count: $0.count)
        }
      }
    }
  }
}
