/// Collects the items of a display list, in the sizes and colors that all figures have in common.
struct Canvas {
  let style: FigureStyle
  let measure: TextMeasure
  let palette: Palette
  private(set) var items: [DisplayList.Item] = []

  init(style: FigureStyle, measure: TextMeasure) {
    self.style = style
    self.measure = measure
    palette = style.theme.palette
  }

  /// The list of what was drawn.
  func list(width: Double, height: Double) -> DisplayList {
    DisplayList(
      size: .init(width: width, height: height.rounded(.up)), background: palette.background, items: items)
  }

  /// The roles of text, from loud to quiet.
  enum Role {
    case title, label, tick, legend, value

    var size: Double {
      switch self {
      case .title: 13
      case .label: 11
      case .legend: 11
      case .value: 10.5
      case .tick: 10
      }
    }

    var weight: DisplayList.Weight { self == .title ? .bold : .regular }

    func color(_ palette: Palette) -> Color {
      switch self {
      case .title, .legend, .value: palette.ink
      case .label, .tick: palette.muted
      }
    }

    /// From the baseline up to the middle of digits and capitals.
    var halfHeight: Double { size * 0.36 }
  }

  func font(_ role: Role) -> DisplayList.Font {
    DisplayList.Font(family: style.fontFamily, size: role.size, weight: role.weight)
  }

  func width(_ text: String, _ role: Role) -> Double {
    text.isEmpty ? 0 : measure.width(text, font(role))
  }

  func elided(_ text: String, to width: Double, _ role: Role) -> String {
    measure.elided(text, to: max(width, 0), font: font(role))
  }

  /// Writes a text whose baseline is at y.
  mutating func write(
    _ text: String, x: Double, baseline y: Double, _ role: Role, anchor: DisplayList.Anchor = .start,
    color: Color? = nil
  ) {
    guard !text.isEmpty else { return }
    items.append(
      .text(
        DisplayList.Text(
          text: text, position: point(x, y), anchor: anchor, font: font(role), color: color ?? role.color(palette))))
  }

  /// Writes a text whose digits and capitals are centered on y.
  mutating func write(
    _ text: String, x: Double, middle y: Double, _ role: Role, anchor: DisplayList.Anchor = .start,
    color: Color? = nil
  ) {
    write(text, x: x, baseline: y + role.halfHeight, role, anchor: anchor, color: color)
  }

  /// Says in the middle of a plotting area that there is nothing in it.
  mutating func noData(x: Double, y: Double) {
    let text = style.language.noData
    let width = width(text, .label) + 12
    fill(.init(x: x - width / 2, y: y - 9, width: width, height: 18), palette.background)
    write(text, x: x, middle: y, .label, anchor: .middle)
  }

  mutating func image(_ rect: DisplayList.Rect, width: Int, height: Int, pixels: [UInt8]) {
    items.append(.image(DisplayList.Image(rect: rounded(rect), width: width, height: height, pixels: pixels)))
  }

  /// Writes a text upwards, that ends at y.
  mutating func writeUp(_ text: String, x: Double, y: Double, _ role: Role, color: Color? = nil) {
    guard !text.isEmpty else { return }
    items.append(
      .text(
        DisplayList.Text(
          text: text, position: point(x + role.halfHeight, y), anchor: .start, font: font(role),
          color: color ?? role.color(palette), rotation: -90)))
  }

  mutating func fill(_ rect: DisplayList.Rect, _ color: Color) {
    items.append(.rectangle(DisplayList.Rectangle(rect: rounded(rect), fill: color)))
  }

  mutating func line(
    _ points: [DisplayList.Point], _ color: Color, width: Double, dash: [Double] = [], clip: DisplayList.Rect? = nil
  ) {
    items.append(
      .polyline(
        DisplayList.Polyline(
          points: points.map { point($0.x, $0.y) }, color: color, width: width, dash: dash,
          clip: clip.map(rounded))))
  }

  mutating func shape(
    _ points: [DisplayList.Point], fill: Color?, stroke: Color? = nil, strokeWidth: Double = 0,
    clip: DisplayList.Rect? = nil
  ) {
    items.append(
      .polygon(
        DisplayList.Polygon(
          points: points.map { point($0.x, $0.y) }, fill: fill, stroke: stroke, strokeWidth: strokeWidth,
          clip: clip.map(rounded))))
  }

  mutating func circle(x: Double, y: Double, radius: Double, fill: Color?, stroke: Color?, strokeWidth: Double) {
    items.append(
      .circle(
        DisplayList.Circle(
          center: point(x, y), radius: radius, fill: fill, stroke: stroke, strokeWidth: strokeWidth)))
  }

  /// Coordinates are kept to a hundredth of a point: finer than any pixel, and short in a stored list.
  private func point(_ x: Double, _ y: Double) -> DisplayList.Point {
    DisplayList.Point(x: hundredths(x), y: hundredths(y))
  }

  private func rounded(_ rect: DisplayList.Rect) -> DisplayList.Rect {
    DisplayList.Rect(
      x: hundredths(rect.x), y: hundredths(rect.y), width: hundredths(rect.width), height: hundredths(rect.height))
  }

  private func hundredths(_ value: Double) -> Double {
    let rounded = (value * 100).rounded() / 100
    return rounded == 0 ? 0 : rounded
  }
}
