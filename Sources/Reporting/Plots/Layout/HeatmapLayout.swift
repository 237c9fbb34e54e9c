internal import Foundation

/// Arranges the squares of a heatmap, the names of its rows and columns, and its values.
struct HeatmapLayout {
  private let chart: Heatmap
  private let width: Double
  private let canvas: Canvas
  private let rows: ShortNames
  private let columns: ShortNames
  private let rowWidth: Double
  private let columnHeight: Double
  private let side: (width: Double, height: Double)
  private let shades: HeatmapShades
  private let format: NumberFormat
  private let showsValues: Bool
  private let notes: Notes

  private static let margin = 16.0
  private static let gap = 6.0

  init(_ chart: Heatmap, width: Double, canvas: Canvas) {
    self.chart = chart
    shades = HeatmapShades(chart)
    self.width = width
    self.canvas = canvas
    let inner = width - 2 * Self.margin
    let font = canvas.font(.tick)
    rows = canvas.measure.shortened(chart.rows.map { drawable($0) }, to: inner * 0.25, font: font)
    columns = canvas.measure.shortened(chart.columns.map { drawable($0) }, to: 90, font: font)
    rowWidth = (rows.names.map { canvas.width($0, .tick) }.max() ?? 0) + Self.gap + (chart.rowLabel.isEmpty ? 0 : 16)
    columnHeight = (columns.names.map { canvas.width($0, .tick) }.max() ?? 0) + Self.gap
    let room = max(20, inner - rowWidth) / Double(max(1, chart.columns.count))
    let square = min(room, 44)
    side = (square, min(square, max(18, square * 0.75)))
    let known = chart.values.joined().compactMap(\.self)
    let format = chart.valueFormat == .automatic ? NumberFormat.automatic(for: known) : chart.valueFormat
    self.format = format
    let widest = known.map { canvas.width(format.text($0), .tick) }.max() ?? 0
    showsValues = widest <= side.width - 2 && side.height >= 14
    var omitted = OffAxisCounts()
    for value in known { if let reason = OffAxis(value, chart.scale) { omitted.add(reason) } }
    notes = Notes(
      intervals: nil, omitted: omitted,
      missing: canvas.style.language.withoutValue(chart.values.joined().count { $0 == nil }),
      common: OrderedSet([rows.common, columns.common].filter { !$0.isEmpty }).elements,
      width: inner, canvas: canvas)
  }

  func drawn() -> DisplayList {
    var canvas = canvas
    var y = 14.0
    let title = canvas.elided(drawable(chart.title), to: width - 2 * Self.margin, .title)
    if !title.isEmpty {
      canvas.write(title, x: Self.margin, baseline: y + 12, .title)
      y += 20
    }
    let left = Self.margin + rowWidth
    if !chart.columnLabel.isEmpty {
      canvas.write(
        canvas.elided(drawable(chart.columnLabel), to: width - Self.margin - left, .label), x: left, baseline: y + 10,
        .label)
      y += 18
    }
    y += columnHeight
    for (index, name) in columns.names.enumerated() {
      canvas.writeUp(name, x: left + (Double(index) + 0.5) * side.width, y: y - Self.gap, .tick)
    }
    let height = max(side.height * Double(chart.rows.count), chart.rows.isEmpty ? 40 : 0)
    if !chart.rowLabel.isEmpty {
      let label = canvas.elided(drawable(chart.rowLabel), to: height, .label)
      canvas.writeUp(
        label, x: Self.margin + 4, y: y + (height + canvas.width(label, .label)) / 2, .label)
    }
    for (row, name) in rows.names.enumerated() {
      let middle = y + (Double(row) + 0.5) * side.height
      canvas.write(name, x: left - Self.gap, middle: middle, .tick, anchor: .end)
      for column in chart.columns.indices { draw(row, column, left: left, top: y, on: &canvas) }
    }
    if chart.rows.isEmpty { canvas.noData(x: width / 2, y: y + height / 2) }
    y += height + 12
    notes.draw(x: Self.margin, y: y, on: &canvas)
    return canvas.list(width: width, height: y + notes.height + 8)
  }

  private func draw(_ row: Int, _ column: Int, left: Double, top: Double, on canvas: inout Canvas) {
    let rect = DisplayList.Rect(
      x: left + Double(column) * side.width, y: top + Double(row) * side.height, width: side.width - 1,
      height: side.height - 1)
    guard let value = chart.values[row][column] else { return }
    guard let shade = shades.shade(value) else {
      canvas.fill(rect, canvas.palette.grid)
      if let reason = OffAxis(value, chart.scale), min(rect.width, rect.height) >= 10 {
        canvas.offAxisMark(
          x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, reason, toward: value > 0 ? .top : .bottom,
          canvas.palette.muted)
      }
      return
    }
    let color = canvas.palette.background.mixed(with: canvas.palette.series[0], part: shade)
    canvas.fill(rect, color)
    guard showsValues else { return }
    canvas.write(
      format.text(value), x: rect.x + rect.width / 2, middle: rect.y + rect.height / 2, .tick, anchor: .middle,
      color: Color.black.contrast(with: color) >= Color.white.contrast(with: color) ? .black : .white)
  }
}

extension Color {
  /// The color with a part of another one mixed in, 0 to 1.
  func mixed(with other: Color, part: Double) -> Color {
    let part = part.isNaN ? 0 : min(max(part, 0), 1)
    func mix(_ one: UInt8, _ two: UInt8) -> UInt8 {
      UInt8((Double(one) + (Double(two) - Double(one)) * part).rounded())
    }
    return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }
}

extension Double {
  /// To the base 10.
  var logarithm: Double { log10(self) }
}
