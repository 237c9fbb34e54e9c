/// Values, or names and values, of lines in a column right of a panel, each joined to the end of its line.
struct EndLabels {
  enum Kind {
    case none, values, names
  }

  private struct Label {
    var look: SeriesLook
    var value: String
    var name: String
  }

  static let height = 14.0
  private static let distance = 9.0

  /// The last points of the lines that have a label.
  private(set) var ends: [LineChart.Point] = []
  /// What all names are shown without.
  private(set) var common = ""
  /// Right of the plotting area.
  private(set) var width = 10.0

  private var labels: [Label] = []
  private var nameOffset = 0.0

  /// - Parameter room: what labels may take at most; without enough of it there are none.
  init(
    _ content: PanelContent, _ kind: Kind, format: NumberFormat, room: Double, panelWidth: Double, canvas: Canvas
  ) {
    guard kind != .none else { return }
    let lines = content.lines.compactMap { line in line.end(in: content.panel).map { (line: line, end: $0) } }
    let values = lines.map { canvas.style.showsFinalValues ? format.text($0.end.y) : "" }
    let valueWidth = values.map { canvas.width($0, .value) }.max() ?? 0
    var names = ShortNames(names: lines.map { _ in "" }, common: "")
    if kind == .names {
      nameOffset = valueWidth > 0 ? valueWidth + 6 : 0
      let nameRoom = max(min(panelWidth * 0.4, room) - Self.distance - nameOffset, 20)
      names = canvas.measure.shortened(lines.map(\.line.name), to: nameRoom, font: canvas.font(.value))
    }
    let widest = nameOffset + (names.names.map { canvas.width($0, .value) }.max() ?? 0)
    let needed = Self.distance + max(valueWidth, widest)
    guard !lines.isEmpty, kind == .names || needed <= room else { return }
    ends = lines.map(\.end)
    common = names.common
    width = needed
    labels = lines.indices.map { Label(look: lines[$0].line.look, value: values[$0], name: names.names[$0]) }
  }

  /// - Parameter ends: where the lines end, in the order of `self.ends`.
  func draw(plot: DisplayList.Rect, ends: [DisplayList.Point?], on canvas: inout Canvas) {
    let half = Self.height / 2
    let wanted = ends.map { min(max($0?.y ?? plot.maxY, plot.y), plot.maxY) }
    let placed = spread(wanted, height: Self.height, within: plot.y - half...plot.maxY + half)
    let x = plot.maxX + Self.distance
    for (index, label) in labels.enumerated() {
      let end = min(ends[index]?.x ?? plot.maxX, plot.maxX)
      let endsEarly = end < plot.maxX - 12
      let faint = label.look.color.with(alpha: 150)
      // A line that ends early is led to the edge; a label that had to give way is joined to its line.
      if endsEarly {
        canvas.line(
          [.init(x: end + 5, y: wanted[index]), .init(x: plot.maxX, y: wanted[index])], faint, width: 0.9,
          dash: [1.5, 3])
      }
      if endsEarly || abs(placed[index] - wanted[index]) > 3 {
        canvas.line(
          [.init(x: max(end, plot.maxX - 2) + 2, y: wanted[index]), .init(x: x - 1.5, y: placed[index])], faint,
          width: 0.75)
      }
      let color = label.look.color.readable(on: canvas.palette.background)
      canvas.write(label.value, x: x, middle: placed[index], .value, color: color)
      canvas.write(label.name, x: x + nameOffset, middle: placed[index], .value, color: color)
    }
  }
}
