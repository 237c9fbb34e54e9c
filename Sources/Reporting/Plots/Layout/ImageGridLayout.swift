/// Arranges small images, the names of their rows and the lines below them.
struct ImageGridLayout {
  private let grid: ImageGrid
  private let canvas: Canvas
  private let rows: [ImageGrid.Row]
  private let left: Double
  private let width: Double
  private let captionLines: Int

  private static let margin = 12.0
  private static let gap = 10.0
  private static let line = 13.0
  private static let nameWidth = 160.0

  /// Rows that are wider than `width` go on below; without a width the figure is as wide as its widest row.
  init(_ grid: ImageGrid, width limit: Double?, canvas: Canvas) {
    self.grid = grid
    self.canvas = canvas
    captionLines = grid.rows.flatMap(\.cells).map(\.caption.count).max() ?? 0
    let names = grid.rows.map { canvas.width(drawable($0.name), .label) }.max() ?? 0
    let widestName = min(Self.nameWidth, limit.map { $0 * 0.3 } ?? Self.nameWidth)
    let left = Self.margin + (names > 0 ? min(names, widestName) + Self.gap : 0)
    self.left = left
    if let limit {
      let room = max(1, Int((limit - left - Self.margin + Self.gap) / (grid.cellSide + Self.gap)))
      rows = grid.rows.flatMap { row in
        stride(from: 0, to: max(1, row.cells.count), by: room).map { first in
          ImageGrid.Row(
            name: first == 0 ? row.name : "", cells: Array(row.cells[first..<min(first + room, row.cells.count)]))
        }
      }
      width = limit
    } else {
      rows = grid.rows
      let columns = rows.map(\.cells.count).max() ?? 0
      let words = max(canvas.width(grid.title, .title), canvas.width(grid.subtitle, .label))
      width = max(
        left + Double(columns) * (grid.cellSide + Self.gap) - Self.gap + Self.margin, min(words, 640) + 2 * Self.margin)
    }
  }

  func drawn() -> DisplayList {
    var canvas = canvas
    var y = Self.margin
    for (text, role) in [(grid.title, Canvas.Role.title), (grid.subtitle, .label)] where !text.isEmpty {
      canvas.write(
        canvas.elided(drawable(text), to: width - 2 * Self.margin, role), x: Self.margin, baseline: y + 12, role)
      y += 18
    }
    y += 4
    if rows.allSatisfy(\.cells.isEmpty) {
      canvas.noData(x: width / 2, y: y + 12)
      y += 34
    }
    for row in rows {
      canvas.write(
        canvas.elided(drawable(row.name), to: left - Self.margin - Self.gap, .label), x: left - Self.gap,
        middle: y + grid.cellSide / 2, .label, anchor: .end)
      for (column, cell) in row.cells.enumerated() {
        draw(cell, x: left + Double(column) * (grid.cellSide + Self.gap), y: y, on: &canvas)
      }
      y += grid.cellSide + Double(captionLines) * Self.line + Self.gap
    }
    return canvas.list(width: width.rounded(.up), height: y - Self.gap + Self.margin)
  }

  private func draw(_ cell: ImageGrid.Cell, x: Double, y: Double, on canvas: inout Canvas) {
    let side = grid.cellSide
    let longer = Double(max(cell.width, cell.height))
    let size = (width: side * Double(cell.width) / longer, height: side * Double(cell.height) / longer)
    canvas.image(
      DisplayList.Rect(
        x: x + (side - size.width) / 2, y: y + (side - size.height) / 2, width: size.width, height: size.height),
      width: cell.width, height: cell.height, pixels: cell.pixels)
    for (index, text) in cell.caption.enumerated() {
      canvas.write(
        canvas.elided(drawable(text), to: side + Self.gap - 4, .tick), x: x + side / 2,
        baseline: y + side + 11 + Double(index) * Self.line, .tick, anchor: .middle,
        color: index == 0 ? canvas.palette.ink : nil)
    }
  }
}
