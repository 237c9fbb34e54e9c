extension DisplayList {
  /// Of each side, in points.
  public static let sides: ClosedRange<Double> = 1...20_000

  /// Of all images of a list together.
  private static let imageBytes = 256 << 20

  private static let farthest = 100_000.0

  /// Throws unless every number of the list is one that can be drawn in reasonable time and memory.
  func check() throws(PlotError) {
    guard Self.sides.contains(size.width), Self.sides.contains(size.height) else {
      throw .size(width: size.width, height: size.height, allowed: Self.sides)
    }
    guard items.count <= 100_000 else { throw .tooMany(what: "items", count: items.count, limit: 100_000) }
    var (points, pixels) = (0, 0)
    for (index, item) in items.enumerated() {
      if let problem = Self.problem(item) { throw .item(index: index, problem: problem) }
      switch item {
      case .polyline(let line): points += line.points.count
      case .polygon(let shape): points += shape.points.count
      case .image(let image): pixels += image.pixels.count
      case .rectangle, .circle, .text: break
      }
    }
    guard pixels <= Self.imageBytes else {
      throw .tooMany(what: "bytes of images", count: pixels, limit: Self.imageBytes)
    }
    guard points <= 1_000_000 else { throw .tooMany(what: "points of lines", count: points, limit: 1_000_000) }
  }

  private static func problem(_ item: Item) -> PlotError.ItemProblem? {
    switch item {
    case .rectangle(let item): return problem(item.rect)
    case .polyline(let item):
      if let problem = item.points.lazy.compactMap({ problem($0) }).first { return problem }
      if let problem = item.clip.flatMap({ problem($0) }) { return problem }
      guard item.width > 0, item.width <= 100 else { return .lineWidth(item.width) }
      return problem(dash: item)
    case .polygon(let item):
      if let problem = item.points.lazy.compactMap({ problem($0) }).first { return problem }
      if let problem = item.clip.flatMap({ problem($0) }) { return problem }
      guard item.strokeWidth >= 0, item.strokeWidth <= 100 else { return .lineWidth(item.strokeWidth) }
      return nil
    case .circle(let item):
      if let problem = problem(item.center) ?? item.clip.flatMap({ problem($0) }) { return problem }
      guard item.radius > 0, item.radius <= 1000 else { return .radius(item.radius) }
      guard item.strokeWidth >= 0, item.strokeWidth <= 100 else { return .lineWidth(item.strokeWidth) }
      return nil
    case .text(let item):
      if let problem = problem(item.position) { return problem }
      guard abs(item.rotation) <= 3600 else { return .coordinate(item.rotation) }
      guard item.font.size >= 1, item.font.size <= 200 else { return .fontSize(item.font.size) }
      let count = item.text.unicodeScalars.count
      return count <= 1000 ? nil : .textLength(count)
    case .image(let item):
      if let problem = problem(item.rect) { return problem }
      let plane = item.width.multipliedReportingOverflow(by: item.height)
      guard item.width > 0, item.height > 0, !plane.overflow, item.width <= 32_000, item.height <= 32_000,
        item.pixels.count == plane.partialValue || item.pixels.count == 3 * plane.partialValue
      else { return .pixels(width: item.width, height: item.height, bytes: item.pixels.count) }
      return nil
    }
  }

  private static func problem(_ point: Point) -> PlotError.ItemProblem? {
    [point.x, point.y].first { !(abs($0) <= farthest) }.map { .coordinate($0) }
  }

  private static func problem(_ rect: Rect) -> PlotError.ItemProblem? {
    if let far = [rect.x, rect.y].first(where: { !(abs($0) <= farthest) }) { return .coordinate(far) }
    return [rect.width, rect.height].first { !($0 >= 0 && $0 <= 2 * farthest) }.map { .coordinate($0) }
  }

  private static func problem(dash line: Polyline) -> PlotError.ItemProblem? {
    guard !line.dash.isEmpty else { return nil }
    let period = line.dash.reduce(0, +)
    guard line.dash.count <= 8, line.dash.allSatisfy({ $0 >= 0 && $0 <= 1000 }), period >= 0.5 else {
      return .dash(line.dash)
    }
    let length = zip(line.points, line.points.dropFirst()).lazy
      .map { (($1.x - $0.x) * ($1.x - $0.x) + ($1.y - $0.y) * ($1.y - $0.y)).squareRoot() }.reduce(0, +)
    let dashes = length / period
    return dashes <= 2_000_000 ? nil : .dashCount(dashes.rounded())
  }
}
