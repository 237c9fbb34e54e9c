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

  static func colour(_ image: DecodedImage, x: Int, y: Int) -> Colour {
    let place = 4 * (y * image.width + x)
    return Colour(red: image.rgba[place], green: image.rgba[place + 1], blue: image.rgba[place + 2])
  }

  /// The display list's items of each kind.
  static func items(_ list: DisplayList) -> (
    lines: [DisplayList.Polyline], texts: [DisplayList.Text], boxes: [DisplayList.Rectangle],
    circles: [DisplayList.Circle]
  ) {
    var found: ([DisplayList.Polyline], [DisplayList.Text], [DisplayList.Rectangle], [DisplayList.Circle]) = (
      [], [], [], []
    )
    for item in list.items {
      switch item {
      case .polyline(let line): found.0.append(line)
      case .text(let text): found.1.append(text)
      case .rectangle(let box): found.2.append(box)
      case .circle(let circle): found.3.append(circle)
      }
    }
    return found
  }

  @Test func aPanelATrialAndALineASeries() throws {
    let list = try DisplayList(Self.lines())
    let (lines, texts, _, _) = Self.items(list)
    let curves = lines.filter { $0.points.count == 12 }
    #expect(curves.count == 6)
    // The same series looks the same in both panels, and series differ in colour and in dashes.
    #expect(Set(curves.map(\.colour)).count == 3)
    #expect(Set(curves.map(\.dash)).count == 3)
    for index in 0..<3 { #expect(curves[index].colour == curves[index + 3].colour) }
    // x grows to the right, and a falling loss falls on the page (y grows downwards).
    let loss = curves[0].points
    #expect(zip(loss, loss.dropFirst()).allSatisfy { $0.x < $1.x && $0.y < $1.y })
    let words = texts.map(\.text)
    for word in ["trial 0", "trial 1", "epoch", "train loss", "train acc", "test acc"] { #expect(words.contains(word)) }
    #expect(words.contains("0.5") || words.contains("1.0") || words.contains("1"))
  }

  @Test func nothingIsDrawnOutsideTheFigure() throws {
    for chart in [Self.lines(1), Self.lines(5), Self.bars] {
      let list = try DisplayList(chart)
      let (lines, texts, boxes, _) = Self.items(list)
      for point in lines.flatMap(\.points) {
        #expect(point.x >= 0 && point.x <= list.size.width && point.y >= 0 && point.y <= list.size.height)
      }
      for box in boxes.map(\.rect) {
        #expect(
          box.x >= 0 && box.y >= 0 && box.x + box.width <= list.size.width && box.y + box.height <= list.size.height)
      }
      for text in texts { #expect(text.position.y >= 0 && text.position.y <= list.size.height, "\(text.text)") }
    }
  }

  @Test func barsAreAsLongAsTheirValues() throws {
    let (_, texts, boxes, _) = Self.items(try DisplayList(Self.bars))
    let words = texts.map(\.text)
    for word in ["alexnet", "vgg11", "vgg19", "8.04", "12.30", "20.86", "work", "memory"] {
      #expect(words.contains(word))
    }
    let widths = boxes.map(\.rect.width).sorted()
    // Among the rectangles are bars of 8.04 and 20.86 times the length of the bar of 1.
    let unit = try #require(
      widths.first { candidate in
        candidate > 2 && widths.contains { abs($0 - 20.86 * candidate) < 0.02 * candidate }
      })
    for factor in [1, 8.04, 12.3, 20.86] { #expect(widths.contains { abs($0 - factor * unit) < 0.05 * unit }) }
  }

  @Test func aDisplayListIsAValueThatCanBeKept() throws {
    let list = try DisplayList(Self.lines())
    let data = try JSONEncoder().encode(list)
    #expect(try JSONDecoder().decode(DisplayList.self, from: data) == list)
    let chart = Self.bars
    #expect(try JSONDecoder().decode(Chart.self, from: JSONEncoder().encode(chart)) == chart)
  }

  @Test func thePNGHasInkWhereTheListSaysSo() throws {
    let list = try DisplayList(Self.lines())
    let png = try renderPNG(list, scale: 2, text: [(keyword: "Title", value: "curves <&> é")])
    let image = try DecodedImage(png: png)
    #expect(
      image.width == Int((list.size.width * 2).rounded(.up)) && image.height == Int((list.size.height * 2).rounded(.up))
    )
    let (lines, _, _, _) = Self.items(list)
    let curve = try #require(lines.first { $0.points.count == 12 && $0.dash.isEmpty })
    for point in curve.points {
      let colour = Self.colour(image, x: Int(point.x * 2), y: Int(point.y * 2))
      #expect(colour.contrast(with: .white) > 1.5, "no ink at \(point)")
    }
    #expect(Self.colour(image, x: 1, y: 1) == .white)
    let text = try readPNGText(png)
    #expect(text.map(\.keyword) == ["Title"] && text.first?.value == "curves <&> é")
  }

  @Test func theSameChartGivesTheSameBytes() throws {
    #expect(
      try renderPNG(DisplayList(Self.lines())) == renderPNG(DisplayList(Self.lines())))
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
    let (_, texts, _, circles) = Self.items(try DisplayList(Self.scatter))
    let words = texts.map(\.text)
    for word in ["one thread", "two threads", "vgg11 at 96", "vgg16", "multiply-adds (log scale)"] {
      #expect(words.contains(word), "\(words)")
    }
    #expect(!words.contains("nowhere"))
    // Two of the legend, then the points that have a place.
    #expect(circles.count == 5)
    let (first, second, third) = (circles[2].centre, circles[3].centre, circles[4].centre)
    #expect(second.x > first.x && second.y < first.y)
    #expect(third.x == first.x && third.y > first.y)
    // A tenth of the work is a tenth of the time: as far apart as the decades of their axes.
    #expect(Set(circles.map(\.fill)).count == 2)
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

  @Test func aCircleIsNotJoinedToTheTextBeforeIt() throws {
    let font = DisplayList.Font(family: FigureStyle.fontFamilies, size: 10)
    let list = DisplayList(
      size: .init(width: 200, height: 40),
      items: [
        .text(
          DisplayList.Text(text: "a", position: .init(x: 10, y: 20), anchor: .start, font: font, colour: Palette.ink)),
        .circle(
          DisplayList.Circle(
            centre: .init(x: 180, y: 20), radius: 4, fill: .white, stroke: Palette.ink, strokeWidth: 1)),
      ])
    let image = try DecodedImage(png: renderPNG(list, scale: 1))
    for y in 0..<image.height { #expect(Self.colour(image, x: 100, y: y) == .white) }
  }

  @Test func labelsOfPointsDoNotOverlap() throws {
    let points = (0..<40).map {
      ScatterChart.Point(x: Double($0 % 7), y: Double($0 % 5), label: "a label that is long \($0)")
    }
    let measure = TextMeasure.fixedWidth()
    let chart = Chart.scatter(
      ScatterChart(title: "", xLabel: "x", yLabel: "y", series: [ScatterChart.Series(name: "s", points: points)]))
    let list = try DisplayList(chart, measure: measure)
    let boxes = Self.items(list).texts.filter { $0.text.hasPrefix("a label") }.map { text in
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

  @Test func figuresComeAsSVGAndPDF() throws {
    let list = try DisplayList(Self.lines())
    let svg = try renderVector(list, .svg)
    let text = String(decoding: svg, as: UTF8.self)
    #expect(
      text.hasPrefix("<?xml") && text.contains("<svg") && text.contains("</svg>") && text.contains("width=\"720pt\""))
    let pdf = try renderVector(list, .pdf)
    #expect(pdf.prefix(5) == Data("%PDF-".utf8) && pdf.suffix(8).contains(UInt8(ascii: "E")))
    #expect(try renderVector(list, .pdf) == pdf)
    #expect(try renderVector(list, .svg) == svg)
    var hostile = list
    hostile.items = [.circle(DisplayList.Circle(centre: .init(x: .nan, y: 0), radius: 1, fill: .white))]
    #expect(throws: PlotError.self) { try renderVector(hostile, .svg) }
  }

  @Test func chineseTextIsDrawn() throws {
    let chart = Chart.bars(
      BarChart(
        title: "计算量", valueLabel: "倍", series: ["乘加"], groups: [BarChart.Group(name: "网络", values: [2])]))
    let report = try fontReport(for: DisplayList(chart))
    #expect(report.missing.isEmpty, "\(report)")
    _ = try renderPNG(DisplayList(chart))
  }

  @Test func altTextsTellStartBestAndEnd() {
    let text = altText(for: Self.lines())
    for word in ["trial 0", "train loss", "starts at", "best", "ends at"] { #expect(text.contains(word), "\(text)") }
    #expect(altText(for: Self.bars).contains("20.86"))
    #expect(altText(for: Self.lines(), language: .chinese).contains("折线图"))
  }

  @Test func chartsWithoutBoundAreRefused() throws {
    #expect(throws: PlotError.self) { try DisplayList(Self.lines(60)) }
    #expect(throws: PlotError.self) { try renderPNG(DisplayList(Self.lines()), scale: 100) }
    #expect(throws: PlotError.self) { try readPNGText(Data("no picture".utf8)) }
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
    (.automatic, 0, "0"),
    (.fixed(2), 1.005, "1.00"), (.fixed(1), -2.25, "\u{2212}2.2"), (.percent(1), 0.934, "93.4\u{2009}%"),
    (.si, 43_093_322, "43.1\u{2009}M"), (.thousands, 12345.6, "12\u{2009}346"), (.automatic, .infinity, "∞"),
  ])
  func numbersAreWrittenAsTold(format: NumberFormat, value: Double, expected: String) {
    #expect(format.text(value) == expected)
  }
}
