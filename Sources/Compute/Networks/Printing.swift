import Text

/// PyTorch's texts, byte for byte.
extension Module {
  /// What `print(module)` prints.
  ///
  /// Source: https://pytorch.org/docs/stable/generated/torch.nn.Module.html (`__repr__` and each layer's `extra_repr`).
  public var printed: String {
    switch self {
    case .sequential(let children):
      guard !children.isEmpty else { return "Sequential()" }
      let lines = children.enumerated().map { index, child in
        "  (\(index)): " + child.printed.split(separator: "\n").joined(separator: "\n  ")
      }
      return "Sequential(\n" + lines.joined(separator: "\n") + "\n)"
    case .conv2d(let conv):
      let padding = conv.padding == 0 ? "" : ", padding=(\(conv.padding), \(conv.padding))"
      return """
        Conv2d(\(conv.inChannels), \(conv.outChannels), kernel_size=(\(conv.kernelSize), \(conv.kernelSize)), \
        stride=(\(conv.stride), \(conv.stride))\(padding)\(conv.groups == 1 ? "" : ", groups=\(conv.groups)"))
        """
    case .relu: return "ReLU()"
    case .maxPool2d(let pool):
      return "MaxPool2d(kernel_size=\(pool.kernelSize), stride=\(pool.stride), padding=0, dilation=1, ceil_mode=False)"
    case .adaptiveAvgPool2d(let pool):
      return "AdaptiveAvgPool2d(output_size=(\(pool.outputSize), \(pool.outputSize)))"
    case .localResponseNorm(let norm):
      return """
        LocalResponseNorm(\(norm.size), alpha=\(pythonFloat(norm.alpha)), beta=\(pythonFloat(norm.beta)), \
        k=\(pythonFloat(norm.k)))
        """
    case .flatten: return "Flatten(start_dim=1, end_dim=-1)"
    case .linear(let linear):
      return "Linear(in_features=\(linear.inFeatures), out_features=\(linear.outFeatures), bias=True)"
    case .dropout(let dropout): return "Dropout(p=\(pythonFloat(dropout.probability)), inplace=False)"
    }
  }
}

extension Network {
  /// What PyTorch's `print(net)` prints for the network as a Sequential.
  public var printed: String { module.printed }

  /// The shapes that a walk over the direct children prints, a line each, for a batch of one:
  /// `Sequential output shape:\t torch.Size([1, 64, 112, 112])`.
  public var shapeWalk: String {
    var shape = input
    var lines: [String] = []
    for (index, child) in children.enumerated() {
      // The initializer has checked every layer.
      shape = try! child.outputShape(of: shape, path: "\(index)")
      let dimensions = ([1] + shape.dimensions).map(String.init).joined(separator: ", ")
      lines.append("\(child.typeName) output shape:\t torch.Size([\(dimensions)])")
    }
    return lines.joined(separator: "\n")
  }
}

/// A float as Python's `repr` writes those that occur here: exponents only below 1e-4 and from 1e16.
private func pythonFloat(_ value: Double) -> String {
  let text = "\(value)"
  guard let exponent = text.firstIndex(of: "e") else { return text }
  let power = Int(text[text.index(after: exponent)...])!
  var mantissa = text[..<exponent]
  if mantissa.hasSuffix(".0") { mantissa = mantissa.dropLast(2) }
  let digits = mantissa.filter { $0 != "." && $0 != "-" }
  if power >= -4, power < 0 {
    return (value < 0 ? "-" : "") + "0." + String(repeating: "0", count: -power - 1) + digits
  }
  let sign = power < 0 ? "-" : "+"
  return "\(mantissa)e\(sign)\(power.magnitude < 10 ? "0" : "")\(power.magnitude)"
}
