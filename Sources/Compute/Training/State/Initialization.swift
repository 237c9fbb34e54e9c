import Kernels
public import Networks

/// The purposes that random numbers serve, each its own stream of the generator.
enum RandomStream {
  static let shuffle: UInt32 = 1
  /// One a tensor of `state_dict()`, in its order.
  static func tensor(_ index: Int) -> UInt32 { 0x1000 + UInt32(index) }
  /// One a dropout layer, in the order the data flows.
  static func dropout(_ index: Int) -> UInt32 { 0x2000 + UInt32(index) }
}

/// The state that a training begins with: a function of network, initializer and seed alone.
///
/// Weights are uniform in ±√(6 / (fan_in + fan_out)) (Xavier) or ±√(6 / fan_in) (Kaiming, for ReLU); biases in
/// ±√(1 / fan_in), PyTorch's default, which d2l's recipe keeps.
/// Source: https://pytorch.org/docs/stable/nn.init.html
public func initialState(
  of network: Network, _ law: NetworkConfiguration.Initialization, seed: UInt64
) -> StateDictionary {
  var tensors: [StateDictionary.Tensor] = []
  var fanIn = 1.0
  for (key, shape) in network.stateKeys {
    let isWeight = shape.count > 1
    if isWeight { fanIn = Double(shape[1...].reduce(1, *)) }
    let fanOut = Double(shape[0] * shape.dropFirst(2).reduce(1, *))
    let bound =
      if !isWeight { (1 / fanIn).squareRoot() } else if law == .xavier { (6 / (fanIn + fanOut)).squareRoot() } else {
        (6 / fanIn).squareRoot()
      }
    let count = shape.reduce(1, *)
    let random = Philox(seed: seed, stream: RandomStream.tensor(tensors.count))
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      fillUniform(buffer.baseAddress!, count: count, bound: Float(bound), random)
      filled = count
    }
    tensors.append(.init(key: key, shape: shape, values: values))
  }
  return StateDictionary(tensors: tensors)
}
