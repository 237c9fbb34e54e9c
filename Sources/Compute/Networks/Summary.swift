import Text

extension Network {
  /// What `vgglab summary` prints: PyTorch's text, the walk over the direct children, and a table of every layer.
  public var summary: String { [printed, shapeWalk, layerTable].joined(separator: "\n\n") }

  /// A line a layer: output shape, parameters, multiply-adds, activation floats; then the totals.
  public var layerTable: String {
    let header = ["layer", "type", "output shape", "parameters", "multiply-adds", "activation floats"]
    var rows = layers.map { layer in
      [
        layer.path, layer.type, "\(layer.output)", Quantity.grouped(layer.parameters),
        Quantity.grouped(layer.multiplyAdds),
        Quantity.grouped(layer.activationFloats),
      ]
    }
    rows.append([
      "total", "", "", Quantity.grouped(parameters), Quantity.grouped(multiplyAdds), Quantity.grouped(activationFloats),
    ])
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
