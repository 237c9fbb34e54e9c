extension Canvas {
  /// The marker of a point of a series.
  mutating func mark(x: Double, y: Double, _ look: SeriesLook, radius: Double = 2.6) {
    let isOpen = look.marker.isOpen
    let fill = isOpen ? palette.background : look.color
    let (stroke, width) = isOpen ? (look.color, 1.4) : (nil, 0)
    let size = isOpen ? radius - 0.3 : radius
    func shape(_ corners: [(Double, Double)]) {
      self.shape(
        corners.map { .init(x: x + $0.0 * size, y: y + $0.1 * size) }, fill: fill, stroke: stroke, strokeWidth: width)
    }
    switch look.marker {
    case .disc, .ring: circle(x: x, y: y, radius: size, fill: fill, stroke: stroke, strokeWidth: width)
    case .square, .openSquare: shape([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case .triangle, .openTriangle: shape([(0, -1.15), (1.1, 0.85), (-1.1, 0.85)])
    case .diamond, .openDiamond: shape([(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)])
    }
  }

  /// The mark at an edge for a value that has no position: a cross where there is no value, a triangle for what is not on
  /// a log axis, a chevron for what lies beyond.
  mutating func offAxisMark(x: Double, y: Double, _ reason: OffAxis, toward edge: Edge, _ color: Color) {
    let (dx, dy) = edge.direction
    /// `out` along the edge's direction, `side` across it.
    func corner(_ out: Double, _ side: Double) -> DisplayList.Point {
      .init(x: x + dx * out - dy * side, y: y + dy * out + dx * side)
    }
    switch reason {
    case .missing:
      line([.init(x: x - 2.5, y: y - 2.5), .init(x: x + 2.5, y: y + 2.5)], color, width: 1.2)
      line([.init(x: x - 2.5, y: y + 2.5), .init(x: x + 2.5, y: y - 2.5)], color, width: 1.2)
    case .notOnLogAxis:
      shape([corner(3, 0), corner(-2, 3), corner(-2, -3)], fill: color)
    case .infinite, .outside:
      line([corner(-2, 3.5), corner(2, 0), corner(-2, -3.5)], color, width: 1.4)
    }
  }

  /// An error bar along x or y with caps.
  mutating func errorBar(
    from start: DisplayList.Point, to end: DisplayList.Point, cap: Double, _ color: Color, clip: DisplayList.Rect?
  ) {
    // On a bar of any color the line is seen by its rim.
    line([start, end], palette.background, width: 3, clip: clip)
    line([start, end], color, width: 1.2, clip: clip)
    let isUpright = start.x == end.x
    for point in [start, end] {
      let (dx, dy) = isUpright ? (cap, 0.0) : (0, cap)
      line(
        [.init(x: point.x - dx, y: point.y - dy), .init(x: point.x + dx, y: point.y + dy)], color, width: 1.2,
        clip: clip)
    }
  }

  /// Fills a bar in the look of its series.
  mutating func bar(_ rect: DisplayList.Rect, _ look: SeriesLook) {
    guard look.fill != .solid else { return fill(rect, look.color) }
    fill(rect, look.color.with(alpha: look.fill == .pale ? 90 : 40))
    if look.fill == .striped {
      var x = rect.x - rect.height + 4
      while x < rect.maxX {
        line(
          [.init(x: x, y: rect.maxY), .init(x: x + rect.height, y: rect.y)], look.color, width: 1.2, clip: rect)
        x += 5
      }
    }
    // Inside the rectangle, so that the bar is as long as its value.
    let inset = min(0.5, rect.width / 2, rect.height / 2)
    shape(
      [
        .init(x: rect.x + inset, y: rect.y + inset), .init(x: rect.maxX - inset, y: rect.y + inset),
        .init(x: rect.maxX - inset, y: rect.maxY - inset), .init(x: rect.x + inset, y: rect.maxY - inset),
      ], fill: nil, stroke: look.color, strokeWidth: 1)
  }
}
