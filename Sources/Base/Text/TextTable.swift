/// Columns of text, aligned for a terminal.
public struct TextTable: Sendable {
  public enum Alignment: Sendable { case left, right }

  private var columns: [(title: String, alignment: Alignment)]
  private var rows: [[String]] = []

  public init(_ columns: [(String, Alignment)]) {
    self.columns = columns.map { (title: $0.0, alignment: $0.1) }
  }

  /// Adds a row with a cell for each column.
  public mutating func add(_ row: [String]) {
    precondition(row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
    rows.append(row.map { printable($0) })
  }

  public var text: String {
    let widths = columns.indices.map { column in
      rows.reduce(displayWidth(columns[column].title)) { max($0, displayWidth($1[column])) }
    }
    func line(_ cells: [String]) -> String {
      var text = ""
      for (column, cell) in cells.enumerated() {
        text += padded(cell, to: widths[column], atFront: columns[column].alignment == .right)
        text += "  "
      }
      while text.last == " " { text.removeLast() }
      return text
    }
    return ([line(columns.map(\.title))] + rows.map(line)).joined(separator: "\n")
  }
}
