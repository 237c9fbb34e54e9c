import Plots
import Testing

/// What a chart says: one thing under one key, means of replicates, intervals.
@Suite struct ChartValueTests {
  private func panel(_ title: String, _ series: [LineChart.Series]) -> LineChart.Panel {
    .init(title: title, xLabel: "epoch", yLabel: "", series: series)
  }

  private func row(_ series: String, _ x: Double, _ y: Double, panel: String = "vgg11") -> LineChart.Row {
    .init(panel: panel, series: series, point: .init(x: x, y: y))
  }

  @Test func twoValuesOfOneSeriesAtOneXAreAnError() throws {
    let rows = [
      row("loss", 1, 2), row("loss", 2, 1), row("acc", 1, 0), row("loss", 1, 3), row("loss", 1, 2, panel: "b"),
    ]
    let expected = PlotError.duplicate(.point(panel: "vgg11", series: "loss", x: 1, count: 2))
    #expect(throws: expected) { try LineChart(rows: rows, panel: self.panel) }
    #expect(
      "\(expected)" == "2 values of series \"loss\" at 1.0 in panel \"vgg11\": select one, name the series apart, "
        + "or draw replicates as a mean with a band")
    // A chart that was made without rows is looked at when it is laid out.
    let points = [LineChart.Point(x: 1, y: 2), .init(x: 2, y: 2), .init(x: 1, y: 2)]
    #expect(throws: PlotError.duplicate(.point(panel: "", series: "s", x: 1, count: 2))) {
      try DisplayList(.lines(LineChart(panels: [panel("", [.init(name: "s", points: points)])])))
    }
    #expect(throws: PlotError.duplicate(.series("s", panel: "t"))) {
      try DisplayList(
        .lines(LineChart(panels: [panel("t", [.init(name: "s", points: []), .init(name: "s", points: [])])])))
    }
    // The same series in other panels, and points without an x, are none.
    _ = try DisplayList(.lines(LineChart(rows: [row("s", 1, 1), row("s", 1, 1, panel: "b")], panel: panel)))
    let nowhere = [LineChart.Point(x: .nan, y: 1), .init(x: .nan, y: 2)]
    _ = try DisplayList(.lines(LineChart(panels: [panel("", [.init(name: "s", points: nowhere)])])))
  }

  @Test func rowsInAnyOrderGiveOneLine() throws {
    let chart = try LineChart(rows: [row("s", 3, 30), row("s", 1, 10), row("s", 2, 20)], panel: panel)
    #expect(chart.panels[0].series[0].points.map(\.y) == [10, 20, 30])
    #expect(chart.intervals == nil)
  }

  @Test func twoValuesOfOneBarAreAnError() throws {
    let rows = [
      BarChart.Row(group: "a", series: "s", value: 1), .init(group: "b", series: "s", value: 2),
      .init(group: "a", series: "s", value: 3),
    ]
    let expected = PlotError.duplicate(.bar(group: "a", series: "s", count: 2))
    #expect(throws: expected) { try BarChart(title: "", valueLabel: "", rows: rows) }
    #expect(
      "\(expected)" == "2 values of group \"a\", series \"s\": select one, name them apart, "
        + "or draw replicates as a mean with an error bar")
    #expect(throws: PlotError.duplicate(.group("a"))) {
      try DisplayList(
        .bars(
          BarChart(
            title: "", valueLabel: "", series: ["s"],
            groups: [.init(name: "a", values: [1]), .init(name: "a", values: [2])])))
    }
    #expect(throws: PlotError.duplicate(.series("s", panel: ""))) {
      try DisplayList(.bars(BarChart(title: "", valueLabel: "", series: ["s", "s"], groups: [])))
    }
    #expect(throws: PlotError.duplicate(.series("s", panel: ""))) {
      try DisplayList(
        .scatter(
          ScatterChart(
            title: "", xLabel: "", yLabel: "", series: [.init(name: "s", points: []), .init(name: "s", points: [])])))
    }
    #expect(throws: PlotError.valueCount(group: "a", values: 1, series: 2)) {
      try DisplayList(
        .bars(BarChart(title: "", valueLabel: "", series: ["s", "t"], groups: [.init(name: "a", values: [1])])))
    }
  }

  @Test(arguments: [FigureLanguage.english, .chinese])
  func missingAndEmptyNamesAreShownAndDistinct(language: FigureLanguage) throws {
    let names = [language.shown(nil), language.shown(""), language.shown("a")]
    #expect(Set(names).count == 3 && names.allSatisfy { !$0.isEmpty })
    let rows = names.enumerated().map { BarChart.Row(group: $1, series: "s", value: Double($0)) }
    let drawing = try Drawing(.bars(BarChart(title: "", valueLabel: "", rows: rows)))
    for name in names { #expect(drawing.words.contains(name)) }
  }

  @Test func replicatesAreAMeanWithABand() throws {
    let values = [[1.0, 2, 6], [4, 4, 4]]
    let rows = values.enumerated().flatMap { x, ys in ys.map { row("s", Double(x), $0) } }
    let range = try LineChart(rows: rows, intervals: .range, panel: panel)
    let points = range.panels[0].series[0].points
    #expect(points == [.init(x: 0, y: 3, low: 1, high: 6), .init(x: 1, y: 4, low: 4, high: 4)])
    #expect(range.intervals == Intervals(.range, counts: 3...3))
    // Student's t for two degrees of freedom is 4.302653 at 0.975; the standard error is the root of 7/3.
    let mean = try LineChart(rows: rows, intervals: .mean(level: 0.95), panel: panel).panels[0].series[0].points[0]
    let half = 4.302652729 * (7.0 / 3).squareRoot()
    #expect(mean.y == 3 && abs((mean.low ?? 0) - (3 - half)) < 1e-6 && abs((mean.high ?? 0) - (3 + half)) < 1e-6)
    // A missing value is none; the count says so. One value has no interval of a mean.
    let some = try LineChart(
      rows: [row("s", 1, 1), row("s", 1, .nan), row("s", 2, 5), row("s", 2, 7), row("s", 3, .nan)],
      intervals: .mean(level: 0.9), panel: panel)
    #expect(some.intervals?.counts == 0...2 && some.intervals?.missing == 1)
    #expect(altText(for: .lines(some)).contains("0–2 values each; 1 more has no value."))
    #expect(altText(for: .lines(some), language: .chinese).contains("每点0–2个值；另有1个缺失。"))
    let measured: [Double?] = [1, nil, nil, 3]
    let bars = try BarChart(
      title: "", valueLabel: "", rows: measured.map { BarChart.Row(group: "a", series: "s", value: $0) },
      intervals: .range)
    #expect(bars.groups == [.init(name: "a", values: [2], errors: [.init(low: 1, high: 3)])])
    #expect(bars.intervals == Intervals(.range, counts: 2...2, missing: 2))
    #expect(some.panels[0].series[0].points[0] == .init(x: 1, y: 1))
    #expect(some.panels[0].series[0].points[2].y.isNaN)
    let infinite = try LineChart(rows: [row("s", 1, 1), row("s", 1, .infinity)], intervals: .range, panel: panel)
    #expect(infinite.panels[0].series[0].points[0] == .init(x: 1, y: .infinity))
  }

  @Test func bandsAreDrawnAroundTheirLines() throws {
    let rows = (1...5).flatMap { x in [-1.0, 0, 1].map { row("s", Double(x), Double(x) + $0) } }
    let chart = Chart.lines(try LineChart(rows: rows, intervals: .range, panel: panel))
    let drawing = try Drawing(chart)
    let curve = try #require(drawing.curves.first)
    let band = try #require(drawing.polygons.first { $0.points.count == 10 })
    #expect(curve.points.count == 5)
    for (index, point) in curve.points.enumerated() {
      let (high, low) = (band.points[index], band.points[9 - index])
      #expect(high.x == point.x && low.x == point.x && high.y < point.y && point.y < low.y)
      #expect(abs((high.y + low.y) / 2 - point.y) < 0.02)
    }
    #expect(band.fill == curve.color.with(alpha: 46))
    #expect(drawing.words.contains("Line: mean; band: smallest to largest value; 3 values each"))
    let alt = altText(for: chart)
    #expect(alt.contains("Line: mean; band: smallest to largest value; 3 values each."))
    #expect(alt.contains("band at 5 from 4 to 6"), "\(alt)")
    #expect(altText(for: chart, language: .chinese).contains("最小值至最大值"))
  }

  @Test func errorBarsReachFromEndToEnd() throws {
    let rows = [
      BarChart.Row(group: "a", series: "s", value: 2, error: .init(low: 1, high: 4)),
      .init(group: "b", series: "s", value: 4),
    ]
    let chart = Chart.bars(
      try BarChart(title: "", valueLabel: "", rows: rows, intervals: .given(low: "low", high: "high")))
    let drawing = try Drawing(chart)
    let bars = drawing.rectangles.filter { $0.rect.height == 14 }
    let (unit, left) = (bars[0].rect.width / 2, bars[0].rect.x)
    let error = try #require(drawing.lines.first { $0.width == 1.2 && $0.points[0].y == $0.points[1].y })
    #expect(abs(error.points[0].x - (left + unit)) < 0.02 && abs(error.points[1].x - (left + 4 * unit)) < 0.02)
    #expect(error.points[0].y == bars[0].rect.y + 7)
    // The value is written beyond the error bar.
    let value = try #require(drawing.texts.first { $0.text == "2" && $0.font.size == 10.5 })
    #expect(value.position.x > error.points[1].x + 3)
    #expect(drawing.words.contains("Error bar: low to high"))
    #expect(altText(for: chart).contains("a 2 (1 to 4)"))
    let replicates = try BarChart(
      title: "", valueLabel: "", rows: [1, 2, 6].map { .init(group: "a", series: "s", value: $0) }, intervals: .range)
    #expect(replicates.groups == [.init(name: "a", values: [3], errors: [.init(low: 1, high: 6)])])
  }

  @Test func pointsHaveErrorBarsToo() throws {
    let chart = Chart.scatter(
      ScatterChart(
        title: "", xLabel: "x", yLabel: "y",
        series: [.init(name: "s", points: [.init(x: 1, y: 2, low: 1, high: 4), .init(x: 2, y: 3)])],
        intervals: Intervals(.given(low: "low", high: "high"))))
    let drawing = try Drawing(chart)
    let error = try #require(drawing.lines.first { $0.width == 1.2 && $0.points[0].x == $0.points[1].x })
    let (center, other) = (drawing.circles[0].center, drawing.circles[1].center)
    let unit = center.y - other.y
    #expect(error.points[0].x == center.x)
    #expect(abs(error.points[0].y - (center.y + unit)) < 0.05 && abs(error.points[1].y - (center.y - 2 * unit)) < 0.05)
    #expect(altText(for: chart).contains("(1, 2, 1 to 4)"))
  }

  @Test func intervalsRunUpward() {
    let expected = PlotError.interval(place: "series \"s\" at 1.0", low: 3, high: 2)
    let points = [LineChart.Point(x: 1, y: 2, low: 3, high: 2)]
    #expect(throws: expected) {
      try DisplayList(.lines(LineChart(panels: [self.panel("", [.init(name: "s", points: points)])])))
    }
    #expect("\(expected)" == "the interval of series \"s\" at 1.0 runs from 3.0 down to 2.0: give the lower end first")
  }
}
