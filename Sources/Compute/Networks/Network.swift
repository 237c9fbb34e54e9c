/// A network as a value: what it is made of and what goes in.
public struct Network: Hashable, Sendable {
  /// The direct children of the outer Sequential.
  public let children: [Module]
  /// One example's shape.
  public let input: TensorShape
  /// The number of classes: the width of the logits.
  public let classes: Int

  /// A network whose layers fit together.
  ///
  /// Throws ``NetworkError`` where a layer cannot take what the one before gives.
  public init(children: [Module], input: TensorShape) throws(NetworkError) {
    self.children = children
    self.input = input
    self.classes = try Module.sequential(children).outputShape(of: input).count
  }

  /// The outer Sequential.
  public var module: Module { .sequential(children) }

  /// The layers in the order the data flows, with their places and shapes.
  public var leaves: [Leaf] {
    var found: [Leaf] = []
    var shape = input
    func visit(_ module: Module, _ path: String) {
      if case .sequential(let children) = module {
        for (index, child) in children.enumerated() { visit(child, "\(path).\(index)") }
      } else {
        // The initializer has checked every layer.
        let output = try! module.outputShape(of: shape, path: path)
        found.append(Leaf(path: path, module: module, input: shape, output: output))
        shape = output
      }
    }
    for (index, child) in children.enumerated() { visit(child, "\(index)") }
    return found
  }
}

/// A layer at its place in a network.
public struct Leaf: Hashable, Sendable {
  /// PyTorch's dotted child numbers (`2.0`), which prefix the keys of `state_dict()`.
  public let path: String
  public let module: Module
  public let input: TensorShape
  public let output: TensorShape
}
