import Text

/// One layer with everything that can be counted of it, for one example.
public struct LayerRow: Hashable, Sendable {
  /// PyTorch's dotted child numbers: `2.0`.
  public let path: String
  /// From 0: which direct child of the outer Sequential it is or belongs to.
  public let child: Int
  /// `Conv2d`.
  public let type: String
  /// What PyTorch prints for it.
  public let printed: String
  public let input: TensorShape
  public let output: TensorShape
  /// Weights and biases.
  public let parameters: Int
  /// Multiply-accumulates of the forward pass; the addition of biases is not counted.
  public let multiplyAdds: Int
  /// The floats of its output; none for Flatten, which is a view.
  public let activationFloats: Int
}

extension Leaf {
  /// The trainable numbers: weight, then bias.
  public var parameters: Int { parameterShapes.reduce(0) { $0 + $1.shape.reduce(1, *) } }

  /// The shapes of the trainable tensors in `state_dict()`'s order: weight, then bias.
  public var parameterShapes: [(name: String, shape: [Int])] {
    switch module {
    case .conv2d(let conv):
      [
        ("weight", [conv.outChannels, conv.inChannels / conv.groups, conv.kernelSize, conv.kernelSize]),
        ("bias", [conv.outChannels]),
      ]
    case .linear(let linear):
      [("weight", [linear.outFeatures, linear.inFeatures]), ("bias", [linear.outFeatures])]
    default: []
    }
  }

  /// Multiply-accumulates of the forward pass of one example.
  public var multiplyAdds: Int {
    switch module {
    case .conv2d(let conv): output.count * (conv.inChannels / conv.groups) * conv.kernelSize * conv.kernelSize
    case .linear(let linear): linear.inFeatures * linear.outFeatures
    default: 0
    }
  }

  /// The floats of its output; none for Flatten, which is a view, and for an average pooling that changes nothing.
  public var activationFloats: Int {
    switch module {
    case .flatten: 0
    case .adaptiveAvgPool2d: input == output ? 0 : output.count
    default: output.count
    }
  }
}

extension Network {
  /// All layers in the order the data flows.
  public var layers: [LayerRow] {
    leaves.map { leaf in
      LayerRow(
        path: leaf.path,
        child: Int(leaf.path.prefix { $0 != "." })!,
        type: leaf.module.typeName,
        printed: leaf.module.printed,
        input: leaf.input,
        output: leaf.output,
        parameters: leaf.parameters,
        multiplyAdds: leaf.multiplyAdds,
        activationFloats: leaf.activationFloats)
    }
  }

  /// All trainable numbers.
  public var parameters: Int { leaves.reduce(0) { $0 + $1.parameters } }

  /// Multiply-accumulates of one example's forward pass.
  public var multiplyAdds: Int { leaves.reduce(0) { $0 + $1.multiplyAdds } }

  /// Multiply-accumulates of one example's training step: forward, and backward with respect to weights and to inputs,
  /// the latter without the first layer's, whose input is the image.
  public var trainingMultiplyAdds: Int {
    3 * multiplyAdds - (leaves.first { $0.multiplyAdds > 0 }?.multiplyAdds ?? 0)
  }

  /// The floats of all layers' outputs for one example.
  public var activationFloats: Int { leaves.reduce(0) { $0 + $1.activationFloats } }

  /// What an automatic differentiation such as PyTorch's keeps of one example for the backward pass, in bytes: the
  /// image, the outputs of ReLU, pooling with 8-byte indices, dropout with a 1-byte mask.
  public var keptActivationBytes: Int {
    leaves.reduce(4 * input.count) { sum, leaf in
      switch leaf.module {
      case .relu: sum + 4 * leaf.output.count
      case .maxPool2d: sum + 12 * leaf.output.count
      case .dropout: sum + 5 * leaf.output.count
      default: sum
      }
    }
  }

  /// The same sums over one type of layer: `Conv2d`, `Linear`.
  public func totals(ofType type: String) -> (parameters: Int, multiplyAdds: Int, activationFloats: Int) {
    layers.filter { $0.type == type }.reduce((0, 0, 0)) {
      ($0.0 + $1.parameters, $0.1 + $1.multiplyAdds, $0.2 + $1.activationFloats)
    }
  }

  /// The keys and shapes of PyTorch's `state_dict()` in its order.
  public var stateKeys: [(key: String, shape: [Int])] {
    leaves.flatMap { leaf in leaf.parameterShapes.map { (key: "\(leaf.path).\($0.name)", shape: $0.shape) } }
  }
}

extension TensorShape: CustomStringConvertible {
  /// `16x224x224`, `4096`.
  public var description: String { dimensions.map(String.init).joined(separator: "x") }
}
