extension Network {
  /// What `vgglab summary` prints: PyTorch's text, the walk over the direct children, and a table of every layer.
  public var summary: String { [printed, shapeWalk, layerTable].joined(separator: "\n\n") }

  /// A line a layer: output shape, parameters, multiply-adds, activation floats; then the totals.
  public var layerTable: String {
    let header = ["layer", "type", "output shape", "parameters", "multiply-adds", "activation floats"]
    var rows = layers.map { layer in
      [
        layer.path, layer.type, "\(layer.output)", grouped(layer.parameters), grouped(layer.multiplyAdds),
        grouped(layer.activationFloats),
      ]
    }
    rows.append(["total", "", "", grouped(parameters), grouped(multiplyAdds), grouped(activationFloats)])
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max()! }
    func line(_ cells: [String]) -> String {
      var text = ""
      for (column, cell) in cells.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        text += (column == 0 ? "" : "  ") + (column < 3 ? cell + space : space + cell)
      }
      return text
    }
    let rule = String(repeating: "-", count: widths.reduce(0, +) + 2 * (widths.count - 1))
    return ([line(header), rule] + rows.dropLast().map(line) + [rule, line(rows.last!)]).joined(separator: "\n")
  }
}

/// `43,093,322`.
private func grouped(_ value: Int) -> String {
  let digits = String(value)
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}
