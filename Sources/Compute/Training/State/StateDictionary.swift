import Kernels
public import Networks

/// Named tensors in PyTorch's order: what `state_dict()` of the same nested `nn.Sequential` holds.
public struct StateDictionary: Sendable, Hashable {
  /// A tensor of 32-bit floats with its shape, in row-major order.
  public struct Tensor: Sendable, Hashable {
    /// `0.0.weight`.
    public var key: String
    /// PyTorch's: `[outChannels, inChannels, kernelSize, kernelSize]`, `[outFeatures, inFeatures]`, `[outFeatures]`.
    public var shape: [Int]
    /// Row-major.
    public var values: [Float]

    public init(key: String, shape: [Int], values: [Float]) {
      precondition(
        shape.reduce(1, *) == values.count, "\(values.count) values do not fill \(key), which is \(shape)")
      self.key = key
      self.shape = shape
      self.values = values
    }
  }

  public var tensors: [Tensor]

  public init(tensors: [Tensor]) { self.tensors = tensors }

  public subscript(key: String) -> Tensor? { tensors.first { $0.key == key } }

  /// The tensors under a network's own keys and in their order, where they have those or torchvision's; otherwise as they are.
  public func named(for network: Network) -> StateDictionary {
    let own = network.stateKeys.map(\.key)
    let found = Dictionary(tensors.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    for keys in [own, network.torchvisionKeys] where found.count == own.count && Set(keys) == Set(found.keys) {
      return StateDictionary(
        tensors: zip(own, keys).map { Tensor(key: $0, shape: found[$1]!.shape, values: found[$1]!.values) })
    }
    return self
  }

  /// Why it is not the state of a network; nil if it is.
  public func mismatch(with network: Network) -> String? {
    let expected = network.stateKeys
    guard tensors.count == expected.count else {
      return "it has \(tensors.count) tensors, and the network \(expected.count)"
    }
    for (tensor, (key, shape)) in zip(tensors, expected) {
      if tensor.key != key { return "it has the tensor '\(tensor.key)' where the network has '\(key)'" }
      if tensor.shape != shape { return "its '\(key)' is \(tensor.shape), and the network's \(shape)" }
    }
    return nil
  }
}
