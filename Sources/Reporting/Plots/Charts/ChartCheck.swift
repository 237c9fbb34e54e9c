extension Chart {
  /// Throws where a chart has more than can be drawn, or says one thing twice.
  func check() throws(PlotError) {
    switch self {
    case .lines(let chart): try chart.check()
    case .bars(let chart): try chart.check()
    case .scatter(let chart): try chart.check()
    case .heatmap(let chart): try chart.check()
    case .images(let grid): try grid.check()
    }
  }
}

extension Heatmap {
  fileprivate func check() throws(PlotError) {
    try limit(rows.count, to: 100, "rows of a heatmap")
    try limit(columns.count, to: 100, "columns of a heatmap")
    guard values.count == rows.count else {
      throw .valueCount(group: title, values: values.count, series: rows.count)
    }
    for (row, values) in zip(rows, values) where values.count != columns.count {
      throw .valueCount(group: row, values: values.count, series: columns.count)
    }
    if let name = firstRepeated(rows) { throw .duplicate(.group(name)) }
    if let name = firstRepeated(columns) { throw .duplicate(.series(name, panel: title)) }
  }
}

extension ImageGrid {
  fileprivate func check() throws(PlotError) {
    try limit(rows.lazy.map(\.cells.count).reduce(0, +), to: 1_000, "images")
  }
}

extension LineChart {
  fileprivate func check() throws(PlotError) {
    try limit(panels.count, to: 48, "panels")
    for panel in panels { try limit(panel.series.count, to: 100, "series in a panel") }
    try limit(panels.lazy.flatMap { $0.series.lazy.map(\.points.count) }.reduce(0, +), to: 200_000, "points")
    for panel in panels {
      if let name = firstRepeated(panel.series.map(\.name)) {
        throw .duplicate(.series(name, panel: panel.title))
      }
      for series in panel.series {
        if let x = firstRepeated(series.points.map(\.x)) {
          let count = series.points.count { $0.x == x }
          throw .duplicate(.point(panel: panel.title, series: series.name, x: x, count: count))
        }
        for point in series.points { try checkEnds(point.low, point.high, "series \"\(series.name)\" at \(point.x)") }
      }
    }
  }
}

extension BarChart {
  fileprivate func check() throws(PlotError) {
    try limit(groups.count, to: 500, "groups of bars")
    try limit(series.count, to: 20, "series of bars")
    // A bar takes its height whether there is a value or not.
    try limit(groups.count * series.count, to: 1_000, "bars (groups × series)")
    if let name = firstRepeated(series) { throw .duplicate(.series(name, panel: "")) }
    if let name = firstRepeated(groups.map(\.name)) { throw .duplicate(.group(name)) }
    for group in groups {
      guard group.values.count == series.count, group.errors.isEmpty || group.errors.count == series.count else {
        throw .valueCount(
          group: group.name, values: group.values.count == series.count ? group.errors.count : group.values.count,
          series: series.count)
      }
      for (index, ends) in group.errors.enumerated() {
        try checkEnds(ends?.low, ends?.high, "group \"\(group.name)\", series \"\(series[index])\"")
      }
    }
  }
}

extension ScatterChart {
  fileprivate func check() throws(PlotError) {
    try limit(series.count, to: 20, "series of points")
    try limit(series.lazy.map(\.points.count).reduce(0, +), to: 5_000, "points")
    if let name = firstRepeated(series.map(\.name)) { throw .duplicate(.series(name, panel: "")) }
    for series in series {
      for point in series.points { try checkEnds(point.low, point.high, "series \"\(series.name)\" at \(point.x)") }
    }
  }
}

private func limit(_ count: Int, to limit: Int, _ what: String) throws(PlotError) {
  if count > limit { throw .tooMany(what: what, count: count, limit: limit) }
}

private func checkEnds(_ low: Double?, _ high: Double?, _ place: @autoclosure () -> String) throws(PlotError) {
  if let low, let high, low > high { throw .interval(place: place(), low: low, high: high) }
}

private func firstRepeated<Key: Hashable>(_ keys: [Key]) -> Key? {
  var known: Set<Key> = []
  return keys.first { !known.insert($0).inserted }
}
