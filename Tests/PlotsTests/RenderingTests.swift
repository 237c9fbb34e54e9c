import Foundation
import Plots
import Testing

/// What is drawn, by decoding it.
@Suite struct RenderingTests {
  /// The color of the pixel under a point.
  private func color(_ image: DecodedImage, _ point: DisplayList.Point, scale: Double = 2) -> Color {
    image[Int(point.x * scale), Int(point.y * scale)]
  }

  private func isNear(_ one: Color, _ two: Color, _ distance: Int = 24) -> Bool {
    [(one.red, two.red), (one.green, two.green), (one.blue, two.blue)].allSatisfy { abs(Int($0) - Int($1)) <= distance }
  }

  @Test(arguments: FigureTheme.allCases)
  func pixelsAtPointsHaveTheColorOfTheirSeries(theme: FigureTheme) throws {
    let series = (0..<9).map { index in
      LineChart.Series(
        name: "s\(index)", points: (0..<40).map { .init(x: Double($0), y: Double(10 * index + $0 % 5)) })
    }
    let chart = Chart.lines(
      LineChart(panels: [.init(title: "", xLabel: "", yLabel: "", series: series)]))
    let list = try DisplayList(chart, style: FigureStyle(theme: theme))
    let png = try renderPNG(list, scale: 2, text: [(keyword: "Title", value: "curves <&> é")])
    let image = try DecodedImage(png: png)
    #expect(image.width == Int((list.size.width * 2).rounded(.up)))
    #expect(image.height == Int((list.size.height * 2).rounded(.up)))
    #expect(image[1, 1] == theme.palette.background)
    let curves = Drawing(list, measure: .pango).curves
    #expect(curves.count == 9)
    for (index, curve) in curves.enumerated() {
      let seen = curve.points.count { isNear(color(image, $0), SeriesLook(index, theme.palette).color) }
      // Gaps of dashes and open markers hide some points.
      #expect(seen >= (curve.dash.isEmpty ? 32 : 12), "series \(index): \(seen) of \(curve.points.count)")
    }
    let text = try readPNGText(png)
    #expect(text.map(\.keyword) == ["Title"] && text.first?.value == "curves <&> é")
  }

  @Test(arguments: FigureTheme.allCases)
  func barsAreFilledToTheirEnds(theme: FigureTheme) throws {
    let list = try DisplayList(.bars(groups: 2, series: 2), style: FigureStyle(theme: theme))
    let image = try DecodedImage(png: renderPNG(list, scale: 2))
    for bar in Drawing(list, measure: .pango).rectangles.filter({ $0.rect.height == 11.5 }) {
      let middle = bar.rect.y + bar.rect.height / 2
      #expect(color(image, .init(x: bar.rect.x + 2, y: middle)) == bar.fill)
      #expect(color(image, .init(x: bar.rect.maxX - 1, y: middle)) == bar.fill)
      #expect(color(image, .init(x: bar.rect.maxX + 1, y: middle)) == theme.palette.background)
    }
  }

  @Test func shapesAreFilledAndOutlined() throws {
    let list = DisplayList(
      size: .init(width: 60, height: 60),
      items: [
        .polygon(
          .init(
            points: [.init(x: 10, y: 10), .init(x: 50, y: 10), .init(x: 50, y: 50)], fill: Color(0xFF0000),
            stroke: Color(0x0000FF), strokeWidth: 4, clip: .init(x: 0, y: 0, width: 45, height: 60)))
      ])
    let image = try DecodedImage(png: renderPNG(list, scale: 1))
    #expect(image[40, 20] == Color(0xFF0000) && image[30, 10] == Color(0x0000FF))
    // Beyond the diagonal, and beyond the clip.
    #expect(image[15, 40] == .white && image[48, 30] == .white)
    let data = try JSONEncoder().encode(list)
    #expect(try JSONDecoder().decode(DisplayList.self, from: data) == list)
    var wrong = list
    wrong.items = [.polygon(.init(points: [.init(x: .nan, y: 0)], fill: .black))]
    #expect(throws: PlotError.self) { try renderPNG(wrong) }
  }

  @Test func everyFigureHasADarkVariant() throws {
    for chart in [
      Chart.lines(panels: 2, series: 14), .lines(.onLog), .bars(groups: 3, series: 14), .scatter(series: 14, .onLog),
      .lines(panels: 0),
    ] {
      let light = try DisplayList(chart)
      let dark = try DisplayList(chart, style: FigureStyle(theme: .dark))
      #expect(dark.size == light.size && dark.items.count == light.items.count)
      #expect(dark.background == Palette.dark.background && light.background == .white)
      // No color of the light variant is left, and all text can be read.
      let texts = Drawing(dark).texts
      for text in texts { #expect(text.color.contrast(with: dark.background) >= 4.5, "\(text)") }
      for text in Drawing(light).texts { #expect(text.color.contrast(with: light.background) >= 4.5, "\(text)") }
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let written = String(decoding: try encoder.encode(dark), as: UTF8.self)
      for color in Palette.light.series + [.white, Palette.light.ink, Palette.light.muted, Palette.light.axis] {
        #expect(!written.contains(color.description), "\(color)")
      }
      let image = try DecodedImage(png: renderPNG(dark, scale: 1))
      #expect(image[0, 0] == Palette.dark.background)
    }
  }

  @Test func theSameChartGivesTheSameBytes() throws {
    #expect(try renderPNG(DisplayList(PlotsTests.lines())) == renderPNG(DisplayList(PlotsTests.lines())))
  }

  @Test func aCircleIsNotJoinedToTheTextBeforeIt() throws {
    let font = DisplayList.Font(family: FigureStyle.fontFamilies, size: 10)
    let list = DisplayList(
      size: .init(width: 200, height: 40),
      items: [
        .text(
          DisplayList.Text(
            text: "a", position: .init(x: 10, y: 20), anchor: .start, font: font, color: Palette.light.ink)),
        .circle(
          DisplayList.Circle(
            center: .init(x: 180, y: 20), radius: 4, fill: .white, stroke: Palette.light.ink, strokeWidth: 1)),
      ])
    let image = try DecodedImage(png: renderPNG(list, scale: 1))
    for y in 0..<image.height { #expect(image[100, y] == .white) }
  }

  /// The color type of a PNG's header: 2 three bytes a pixel, 3 a palette.
  private func colorType(_ png: Data) -> UInt8 { png[png.startIndex + 25] }

  @Test(arguments: FigureTheme.allCases) func chartsHaveAPalette(theme: FigureTheme) throws {
    for (place, chart) in [PlotsTests.lines(), PlotsTests.bars, .lines(panels: 0), .scatter(series: 3)].enumerated() {
      let png = try renderPNG(DisplayList(chart, style: FigureStyle(theme: theme)))
      #expect(colorType(png) == 3, "chart \(place)")
    }
  }

  /// Squares of 17 × 17 colors; neighbors are `step` and `blueStep` apart.
  private func squares(_ step: Int, _ blueStep: Int = 0, isImage: Bool) throws -> (png: Data, change: Int) {
    func shade(_ place: Int) -> UInt8 { UInt8(place * step) }
    func blue(_ row: Int, _ column: Int) -> UInt8 { UInt8((row % 2 * 2 + column % 2) * blueStep) }
    var list = DisplayList(size: .init(width: 170, height: 170))
    for row in 0..<17 {
      for column in 0..<17 {
        let square = DisplayList.Rect(x: Double(10 * column), y: Double(10 * row), width: 10, height: 10)
        let color = Color(red: shade(row), green: shade(column), blue: blue(row, column))
        list.items.append(
          isImage
            ? .image(.init(rect: square, width: 1, height: 1, pixels: [color.red, color.green, color.blue]))
            : .rectangle(.init(rect: square, fill: color)))
      }
    }
    let png = try renderPNG(list, scale: 1)
    let image = try DecodedImage(png: png)
    var change = 0
    for row in 0..<17 {
      for column in 0..<17 {
        let seen = image[10 * column + 5, 10 * row + 5]
        change = max(
          change, abs(Int(seen.red) - Int(shade(row))), abs(Int(seen.green) - Int(shade(column))),
          abs(Int(seen.blue) - Int(blue(row, column))))
      }
    }
    return (png, change)
  }

  @Test func aPaletteChangesNoColorThatAnybodySees() throws {
    // 289 colors, of which the nearest are near enough, and colors that are not.
    let near = try squares(5, isImage: false)
    #expect(colorType(near.png) == 3 && (1...16).contains(near.change))
    let far = try squares(15, 50, isImage: false)
    #expect(colorType(far.png) == 2 && far.change == 0)
    // Data is not changed at all.
    let data = try squares(5, isImage: true)
    #expect(colorType(data.png) == 2 && data.change == 0)
  }

  @Test func figuresComeAsSVGAndPDF() throws {
    let list = try DisplayList(PlotsTests.lines())
    let svg = try renderVector(list, .svg)
    let text = String(decoding: svg, as: UTF8.self)
    #expect(
      text.hasPrefix("<?xml") && text.contains("<svg") && text.contains("</svg>") && text.contains("width=\"720pt\""))
    let pdf = try renderVector(list, .pdf)
    #expect(pdf.prefix(5) == Data("%PDF-".utf8) && pdf.suffix(8).contains(UInt8(ascii: "E")))
    #expect(try renderVector(list, .pdf) == pdf)
    #expect(try renderVector(list, .svg) == svg)
    // Cairo numbers what it draws through the process: a grid's images would have other ids each time.
    let cell = ImageGrid.Cell(width: 2, height: 1, pixels: [0, 255], caption: ["shoe"])
    let grid = ImageGrid(title: "", rows: [.init(name: "wrong", cells: [cell, cell, cell])], cellSide: 60)
    let images = try renderVector(DisplayList(.images(grid)), .svg)
    #expect(try renderVector(DisplayList(.images(grid)), .svg) == images)
    #expect(String(decoding: images, as: UTF8.self).matches(of: /href="#image[0-2]"/).count == 3)
    var hostile = list
    hostile.items = [.circle(DisplayList.Circle(center: .init(x: .nan, y: 0), radius: 1, fill: .white))]
    #expect(throws: PlotError.self) { try renderVector(hostile, .svg) }
  }

  /// Text in scripts that the carried font has is drawn with it alone, whatever the machine has installed.
  @Test func figuresHaveTheirOwnFont() throws {
    for chart in [
      PlotsTests.lines(), PlotsTests.bars, .lines(.millionths), .scatter(series: 2, .onLog),
      .bars(BarChart(title: "αβγ ∞ ≤ → ×−% ± é ß Ж “x” ⁻⁷", valueLabel: "µs", series: ["s"], groups: [])),
    ] {
      let list = try DisplayList(chart)
      let report = try fontReport(for: list)
      #expect(report.missing.isEmpty && report.fonts.allSatisfy { $0.hasPrefix("vgglab Sans") }, "\(report)")
      #expect(list.usesMachineFonts == false)
    }
    let font = DisplayList.Font(family: FigureStyle.fontFamilies, size: 100)
    let bold = DisplayList.Font(family: FigureStyle.fontFamilies, size: 100, weight: .bold)
    // Advances in the font's units, 2048 for its size.
    #expect(abs(TextMeasure.pango.width("0", font) - 100 * 1303 / 2048) < 0.1)
    #expect(abs(TextMeasure.pango.width("0", bold) - 100 * 1425 / 2048) < 0.1)
  }

  @Test func chineseTextIsDrawn() throws {
    let chart = Chart.bars(
      BarChart(
        title: "计算量", valueLabel: "倍", series: ["乘加"], groups: [BarChart.Group(name: "网络", values: [2])]))
    let report = try fontReport(for: DisplayList(chart))
    #expect(report.missing.isEmpty, "\(report)")
    #expect(try DisplayList(chart).usesMachineFonts)
    _ = try renderPNG(DisplayList(chart))
  }

  /// Threads have font maps of their own.
  @Test func figuresAreDrawnOnSeveralThreads() async throws {
    let expected = try renderPNG(DisplayList(PlotsTests.lines()), scale: 1)
    try await withThrowingTaskGroup(of: Data.self) { group in
      for _ in 0..<6 { group.addTask { try renderPNG(DisplayList(PlotsTests.lines()), scale: 1) } }
      for try await png in group { #expect(png == expected) }
    }
  }
}
