package import Foundation
package import Networks
package import Training

/// A network with its weights as a model of ONNX (https://onnx.ai): images in, logits out, any number of images at once.
///
/// Dropout does nothing in evaluation and is absent. The numbers of the fields are those of onnx/onnx.proto.
package struct ONNXModel: Sendable {
  /// The version of the operators: Conv, Relu, MaxPool, LRN, Flatten and Gemm of ONNX 1.12 and newer.
  package static let operatorSet = 17
  /// The version of the format that has come with them.
  static let formatVersion = 8
  /// A protocol buffer has fewer bytes.
  static let byteLimit = 1 << 31 - 1
  static let floatType = 1

  var network: Network
  var state: StateDictionary
  /// Of the program.
  var version: String
  var name: String
  var description: String
  /// Facts for whoever uses the model.
  var metadata: [(key: String, value: String)]

  /// A model of a state that is the network's.
  package init(
    network: Network, state: StateDictionary, version: String, name: String, description: String,
    metadata: [(key: String, value: String)]
  ) {
    precondition(state.mismatch(with: network) == nil, "the state is not the network's")
    (self.network, self.state, self.version) = (network, state, version)
    (self.name, self.description, self.metadata) = (name, description, metadata)
  }

  /// The file's bytes. Throws ``ExchangeError/modelTooLarge(bytes:)``.
  package func data() throws(ExchangeError) -> Data {
    var model = MessageWriter()
    model.integer(1, Self.formatVersion)
    model.text(2, "vgglab")
    model.text(3, version)
    model.text(6, description)
    model.message(7, writeGraph)
    model.message(8) { set in
      set.text(1, "")
      set.integer(2, Self.operatorSet)
    }
    for (key, value) in metadata {
      model.message(14) { entry in
        entry.text(1, key)
        entry.text(2, value)
      }
    }
    guard model.count <= Self.byteLimit else { throw .modelTooLarge(bytes: model.count) }
    return model.data
  }

  private func writeGraph(_ graph: inout MessageWriter) {
    var nodes = GraphNodes(input: "image", output: "logits")
    for leaf in network.leaves { nodes.add(leaf) }
    for node in nodes.finished { graph.message(1, node.write) }
    graph.text(2, name)
    for tensor in state.tensors + nodes.constants {
      graph.message(5) { message in
        for side in tensor.shape { message.integer(1, side) }
        message.integer(2, Self.floatType)
        message.text(8, tensor.key)
        message.bytes(9, of: tensor.values)
      }
    }
    graph.message(11) { Self.describe(&$0, "image", network.input.dimensions) }
    graph.message(12) { Self.describe(&$0, "logits", [network.classes]) }
  }

  /// An input or output: floats, a first dimension of any size, and the others.
  private static func describe(_ value: inout MessageWriter, _ name: String, _ dimensions: [Int]) {
    value.text(1, name)
    value.message(2) { type in
      type.message(1) { tensor in
        tensor.integer(1, floatType)
        tensor.message(2) { shape in
          shape.message(1) { $0.text(2, "batch") }
          for side in dimensions { shape.message(1) { $0.integer(1, side) } }
        }
      }
    }
  }
}

/// An operator of a graph.
struct GraphNode {
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case float(Float)
  }

  var type: String
  var name: String
  var inputs: [String]
  var output: String
  var attributes: [(name: String, value: Attribute)]

  func write(_ node: inout MessageWriter) {
    for input in inputs { node.text(1, input) }
    node.text(2, output)
    node.text(3, name)
    node.text(4, type)
    for (name, value) in attributes {
      node.message(5) { attribute in
        attribute.text(1, name)
        switch value {
        case .float(let number):
          attribute.float(2, number)
          attribute.integer(20, 1)
        case .integer(let number):
          attribute.integer(3, number)
          attribute.integer(20, 2)
        case .integers(let numbers):
          for number in numbers { attribute.integer(8, number) }
          attribute.integer(20, 7)
        }
      }
    }
  }
}

/// The operators of a network's layers, each fed by the one before.
private struct GraphNodes {
  private var nodes: [GraphNode] = []
  private var current: String
  private let output: String
  /// Numbers that operators need beside the network's weights.
  private(set) var constants: [StateDictionary.Tensor] = []

  init(input: String, output: String) { (current, self.output) = (input, output) }

  /// The operators, the last of which gives the graph's output.
  var finished: [GraphNode] {
    var nodes = nodes
    if !nodes.isEmpty { nodes[nodes.count - 1].output = output }
    return nodes
  }

  mutating func add(_ leaf: Leaf) {
    let path = leaf.path
    let parameters = leaf.parameterShapes.map { "\(path).\($0.name)" }
    switch leaf.module {
    case .conv2d(let conv):
      add(
        "Conv", path, parameters,
        [
          ("kernel_shape", .integers([conv.kernelSize, conv.kernelSize])),
          ("strides", .integers([conv.stride, conv.stride])),
          ("pads", .integers(Array(repeating: conv.padding, count: 4))), ("group", .integer(conv.groups)),
        ])
    case .relu: add("Relu", path)
    case .maxPool2d(let pool):
      add(
        "MaxPool", path, [],
        [
          ("kernel_shape", .integers([pool.kernelSize, pool.kernelSize])),
          ("strides", .integers([pool.stride, pool.stride])),
        ])
    case .adaptiveAvgPool2d:
      // One that changes nothing is absent, as dropout is.
      if leaf.input != leaf.output { addAverage(leaf) }
    case .localResponseNorm(let norm):
      // With an even size ONNX's window begins one channel later than PyTorch's.
      precondition(norm.size % 2 == 1, "a window of \(norm.size) channels has no middle")
      add(
        "LRN", path, [],
        [
          ("alpha", .float(Float(norm.alpha))), ("beta", .float(Float(norm.beta))), ("bias", .float(Float(norm.k))),
          ("size", .integer(norm.size)),
        ])
    case .flatten: add("Flatten", path, [], [("axis", .integer(1))])
    case .linear: add("Gemm", path, parameters, [("transB", .integer(1))])
    case .dropout: break
    case .sequential: preconditionFailure("a sequence of modules is no leaf")
    }
  }

  /// ONNX has no average pooling to a given size. The mean over a window is that over its rows of those over its columns, so
  /// that two products of matrices give it.
  private mutating func addAverage(_ leaf: Leaf) {
    guard case .image(_, let height, let width) = leaf.input, case .image(_, let outHeight, let outWidth) = leaf.output
    else { preconditionFailure("an average pooling of images") }
    func means(_ size: Int, _ out: Int) -> [[Float]] {
      (0..<out).map { place in
        let window = place * size / out..<((place + 1) * size + out - 1) / out
        return (0..<size).map { window.contains($0) ? 1 / Float(window.count) : 0 }
      }
    }
    let (rows, columns) = ("\(leaf.path).rows", "\(leaf.path).columns")
    let byRow = means(height, outHeight)
    let byColumn = means(width, outWidth)
    constants.append(StateDictionary.Tensor(key: rows, shape: [outHeight, height], values: byRow.flatMap { $0 }))
    constants.append(
      StateDictionary.Tensor(
        key: columns, shape: [width, outWidth], values: (0..<width).flatMap { x in byColumn.map { $0[x] } }))
    let half = "\(leaf.path).half"
    nodes.append(GraphNode(type: "MatMul", name: half, inputs: [rows, current], output: half, attributes: []))
    let result = "\(leaf.path).output"
    nodes.append(
      GraphNode(type: "MatMul", name: leaf.path, inputs: [half, columns], output: result, attributes: []))
    current = result
  }

  private mutating func add(
    _ type: String, _ path: String, _ parameters: [String] = [],
    _ attributes: [(name: String, value: GraphNode.Attribute)] = []
  ) {
    let result = "\(path).output"
    nodes.append(
      GraphNode(type: type, name: path, inputs: [current] + parameters, output: result, attributes: attributes))
    current = result
  }
}
