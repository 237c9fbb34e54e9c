import Foundation
import Plots
import Testing

@Suite struct PlotsTests {
  static func lines(_ panels: Int = 2, points: Int = 12) -> Chart {
    .lines(
      LineChart(
        panels: (0..<panels).map { panel in
          LineChart.Panel(
            title: "trial \(panel)", xLabel: "epoch", yLabel: "",
            series: ["train loss", "train acc", "test acc"].enumerated().map { index, name in
              LineChart.Series(
                name: name,
                points: (1...points).map { step in
                  LineChart.Point(
                    x: Double(step) / 6, y: index == 0 ? 2.3 / Double(step + panel) : 0.07 * Double(step + index))
                })
            })
        }))
  }

  static let bars = Chart.bars(
    BarChart(
      title: "Cost", valueLabel: "times AlexNet", series: ["work", "memory"],
      groups: [
        BarChart.Group(name: "alexnet", values: [1, 1]), BarChart.Group(name: "vgg11", values: [8.04, 12.3]),
        BarChart.Group(name: "vgg19", values: [20.86, nil]),
      ], valueFormat: .fixed(2)))

  @Test func aPanelATrialAndALineASeries() throws {
    let drawing = try Drawing(Self.lines())
    let curves = drawing.curves
    #expect(curves.count == 6)
    // The same series looks the same in both panels, and series differ in color and in dashes.
    #expect(Set(curves.map(\.color)).count == 3)
    #expect(Set(curves.map(\.dash)).count == 3)
    for index in 0..<3 {
      #expect(curves[index].color == curves[index + 3].color && curves[index].dash == curves[index + 3].dash)
    }
    for word in ["trial 0", "trial 1", "epoch", "train loss", "train acc", "test acc"] {
      #expect(drawing.words.contains(word))
    }
  }

  /// Every point lies where its values are on the axes that the ticks say.
  @Test(arguments: [AxisScale.linear, .logarithmic])
  func linesPassThroughTheirPoints(scale: AxisScale) throws {
    let ys = [0.5, 3, 1, 8, 2]
    let chart = Chart.lines(
      LineChart(panels: [
        .init(
          title: "", xLabel: "epoch", yLabel: "",
          series: [.init(name: "s", points: ys.enumerated().map { .init(x: Double($0), y: $1) })], yScale: scale)
      ]))
    let drawing = try Drawing(chart)
    let curve = try #require(drawing.curves.first)
    /// Positions by two ticks' labels.
    func position(_ value: Double, _ ticks: [(value: Double, at: Double)]) -> Double {
      let (first, last) = (ticks[0], ticks[ticks.count - 1])
      return first.at + (value - first.value) / (last.value - first.value) * (last.at - first.at)
    }
    let map: (Double) -> Double = scale == .linear ? { $0 } : { log10($0) }
    let x = try drawing.xTicks.map { (try #require(Double($0.text)), $0.position.x) }
    let y = try drawing.yTicks.map { (map(try #require(Double($0.text))), $0.position.y - 3.6) }
    #expect(x.count > 2 && y.count > 2)
    for (index, value) in ys.enumerated() {
      #expect(abs(curve.points[index].x - position(Double(index), x)) < 0.6)
      #expect(abs(curve.points[index].y - position(map(value), y)) < 0.6)
    }
    // The points have markers, and the last value is written where the line ends.
    #expect(drawing.circles.filter { $0.radius == 2.6 }.map(\.center) == curve.points)
    let final = try #require(drawing.texts.first { $0.text == "2.00" || $0.text == "2" && $0.font.size == 10.5 })
    #expect(abs(final.position.y - 3.78 - curve.points[4].y) < 0.1 && final.color == curve.color.readable())
  }

  @Test func legendsHaveTheLooksOfLines() throws {
    let drawing = try Drawing(Chart.lines(panels: 2, series: 14, points: 40))
    for (index, curve) in drawing.curves.prefix(14).enumerated() {
      let name = try #require(drawing.texts.first { $0.text == "s\(index)" && $0.font.size == 11 })
      // The sample ends left of the name, at the height of its middle.
      let sample = try #require(
        drawing.lines.first {
          $0.width == 2 && abs($0.points[0].y - (name.position.y - 0.36 * 11)) < 0.1
            && $0.points[0].x < name.position.x && name.position.x - $0.points[0].x < 40
        })
      #expect(sample.color == curve.color && sample.dash == curve.dash, "\(name.text)")
    }
  }

  @Test func barsAreAsLongAsTheirValues() throws {
    let drawing = try Drawing(Self.bars)
    for word in ["alexnet", "vgg11", "vgg19", "8.04", "12.30", "20.86", "work", "memory", "no data"] {
      #expect(drawing.words.contains(word))
    }
    let bars = drawing.rectangles.filter { $0.rect.height == 11.5 }
    let unit = bars[0].rect.width
    #expect(unit > 2)
    for (bar, value) in zip(bars, [1, 1, 8.04, 12.3, 20.86]) {
      #expect(abs(bar.rect.width - value * unit) < 0.02 * value && bar.rect.x == bars[0].rect.x)
    }
    #expect(bars.count == 5 && bars[0].fill == bars[2].fill && bars[0].fill != bars[1].fill)
    // Each value is written beside its bar.
    let value = try #require(drawing.texts.first { $0.text == "12.30" })
    #expect(abs(value.position.x - bars[3].rect.maxX - 5) < 0.05)
    #expect(abs(value.position.y - 3.78 - (bars[3].rect.y + 5.75)) < 0.05)
  }

  @Test func negativeBarsRunToTheLeft() throws {
    let chart = Chart.bars(
      BarChart(
        title: "", valueLabel: "", series: ["s"],
        groups: [.init(name: "a", values: [-2]), .init(name: "b", values: [4]), .init(name: "c", values: [0])]))
    let drawing = try Drawing(chart)
    let bars = drawing.rectangles.filter { $0.rect.height == 14 }
    #expect(bars.count == 2 && abs(bars[0].rect.maxX - bars[1].rect.x) < 0.02)
    #expect(abs(bars[1].rect.width - 2 * bars[0].rect.width) < 0.05)
    #expect(drawing.faults.isEmpty, "\(drawing.faults)")
  }

  @Test func curvesThatEndEarlyAreLedToTheirLabels() throws {
    let lines = (0..<2).map { index in
      LineChart.Series(
        name: "s\(index)", points: (1...(index == 0 ? 10 : 4)).map { .init(x: Double($0), y: Double($0 + 5 * index)) })
    }
    let drawing = try Drawing(
      .lines(LineChart(panels: [.init(title: "", xLabel: "epoch", yLabel: "", series: lines)])))
    let end = try #require(drawing.curves[1].points.last)
    let leader = try #require(drawing.lines.first { $0.width == 0.9 })
    #expect(leader.points[0].x > end.x && leader.points[0].x < end.x + 6)
    #expect(leader.points.allSatisfy { abs($0.y - end.y) < 0.02 })
    #expect(leader.points[1].x > drawing.curves[0].points[9].x - 1)
    #expect(drawing.lines.count { $0.width == 0.9 } == 1)
    #expect(leader.color == drawing.curves[1].color.with(alpha: 150))
    let name = try #require(drawing.texts.first { $0.text == "s1" })
    #expect(name.position.x > leader.points[1].x && abs(name.position.y - 3.78 - end.y) < 0.1)
  }

  @Test func aDisplayListIsAValueThatCanBeKept() throws {
    let list = try DisplayList(Self.lines())
    let data = try JSONEncoder().encode(list)
    #expect(try JSONDecoder().decode(DisplayList.self, from: data) == list)
    let chart = Self.bars
    #expect(try JSONDecoder().decode(Chart.self, from: JSONEncoder().encode(chart)) == chart)
  }

  static let scatter = Chart.scatter(
    ScatterChart(
      title: "", xLabel: "multiply-adds", yLabel: "seconds", xScale: .logarithmic, yScale: .logarithmic,
      series: [
        ScatterChart.Series(
          name: "one thread",
          points: [
            ScatterChart.Point(x: 1e8, y: 0.1, label: "vgg11 at 96"), ScatterChart.Point(x: 1e9, y: 1, label: "vgg16"),
            ScatterChart.Point(x: -1, y: 1, label: "nowhere"),
          ]),
        ScatterChart.Series(
          name: "two threads",
          points: [ScatterChart.Point(x: 1e8, y: 0.05), ScatterChart.Point(x: 1e9, y: .nan, label: "nowhere")]),
      ]))

  @Test func pointsStandWhereTheirValuesAre() throws {
    let drawing = try Drawing(Self.scatter)
    let words = drawing.words
    for word in ["one thread", "two threads", "vgg11 at 96", "vgg16", "multiply-adds (log scale)"] {
      #expect(words.contains(word), "\(words)")
    }
    #expect(!words.contains("nowhere"))
    // One of the legend, then one for each point of the first series that has a position; the second has rings.
    let filled = drawing.circles.filter { $0.fill != Palette.light.background }.map(\.center)
    let rings = drawing.circles.filter { $0.fill == Palette.light.background }.map(\.center)
    #expect(filled.count == 3 && rings.count == 2)
    let (first, second, third) = (filled[1], filled[2], rings[1])
    #expect(second.x > first.x && second.y < first.y)
    #expect(third.x == first.x && third.y > first.y)
    // A tenth of the work is a tenth of the time: as far apart as the decades of their axes.
    let half = rings[1].y - filled[1].y
    #expect(abs((first.y - second.y) / half - 1 / log10(2)) < 0.01)
    let alt = altText(for: Self.scatter)
    for word in ["two threads", "vgg16", "of seconds over multiply-adds"] { #expect(alt.contains(word), "\(alt)") }
    #expect(altText(for: Self.scatter, language: .chinese).contains("散点图"))
    let empty = Chart.scatter(ScatterChart(title: "", xLabel: "", yLabel: "", series: []))
    _ = try renderPNG(DisplayList(empty))
    let many = (0...5_000).map { ScatterChart.Point(x: Double($0), y: 0) }
    #expect(throws: PlotError.self) {
      try DisplayList(
        .scatter(ScatterChart(title: "", xLabel: "", yLabel: "", series: [.init(name: "s", points: many)])))
    }
  }

  @Test func labelsOfPointsDoNotOverlap() throws {
    let points = (0..<40).map {
      ScatterChart.Point(x: Double($0 % 7), y: Double($0 % 5), label: "a label that is long \($0)")
    }
    let measure = TextMeasure.fixedWidth()
    let chart = Chart.scatter(
      ScatterChart(title: "", xLabel: "x", yLabel: "y", series: [ScatterChart.Series(name: "s", points: points)]))
    let list = try DisplayList(chart, measure: measure)
    let boxes = Drawing(list).texts.filter { $0.text.hasPrefix("a label") }.map { text in
      (left: text.position.x, right: text.position.x + measure.width(text.text, text.font), y: text.position.y)
    }
    #expect(boxes.count > 3)
    for (index, box) in boxes.enumerated() {
      #expect(box.left >= 0 && box.right <= list.size.width)
      for other in boxes[(index + 1)...] {
        #expect(box.right <= other.left || other.right <= box.left || abs(box.y - other.y) >= 11)
      }
    }
  }

  @Test func altTextsGiveStartBestAndEnd() {
    let text = altText(for: Self.lines())
    for word in ["trial 0", "train loss", "starts at", "best", "ends at"] { #expect(text.contains(word), "\(text)") }
    #expect(altText(for: Self.bars).contains("20.86"))
    #expect(altText(for: Self.lines(), language: .chinese).contains("折线图"))
  }

  /// All charts of bars within the limits can be drawn at two pixels a point.
  @Test(arguments: [(500, 1), (500, 2), (333, 3), (250, 4), (100, 10), (50, 20)])
  func manyBarsFitAFile(groups: Int, series: Int) throws {
    for names in [Names.short, .longAndAlike] {
      let list = try DisplayList(Chart.bars(groups: groups, series: series, .usual, names), measure: .fixedWidth())
      #expect(list.size.height <= 16_000)
    }
  }

  @Test func moreBarsAreRefusedAtOnce() {
    #expect(throws: PlotError.tooMany(what: "bars (groups × series)", count: 1_020, limit: 1_000)) {
      try DisplayList(Chart.bars(groups: 51, series: 20))
    }
  }

  @Test func chartsWithoutBoundAreRefused() throws {
    #expect(throws: PlotError.self) { try DisplayList(Self.lines(60)) }
    #expect(throws: PlotError.self) { try renderPNG(DisplayList(Self.lines()), scale: 100) }
    #expect(throws: PlotError.self) { try readPNGText(Data("no image".utf8)) }
    // Nothing to show, and values that are no numbers, are no errors.
    for points in [[], [LineChart.Point(x: 0, y: .nan)], [LineChart.Point(x: 1, y: 5)]] {
      let chart = Chart.lines(
        LineChart(panels: [
          LineChart.Panel(title: "t", xLabel: "x", yLabel: "y", series: [LineChart.Series(name: "s", points: points)])
        ]))
      _ = try renderPNG(DisplayList(chart))
    }
  }

  @Test(arguments: [
    (NumberFormat.automatic, 0.934, "0.934"), (.automatic, 43_093_322, "43\u{2009}093\u{2009}322"),
    (.automatic, 0, "0"), (.automatic, 0.005, "0.005"), (.automatic, 0.5, "0.5"), (.automatic, -0.02, "\u{2212}0.02"),
    (.fixed(2), 1.005, "1.00"), (.fixed(1), -2.25, "\u{2212}2.2"), (.percent(1), 0.934, "93.4\u{2009}%"),
    (.si, 43_093_322, "43.1\u{2009}M"), (.thousands, 12345.6, "12\u{2009}346"), (.automatic, .infinity, "∞"),
  ])
  func numbersAreWritten(format: NumberFormat, value: Double, expected: String) {
    #expect(format.text(value) == expected)
  }
}
