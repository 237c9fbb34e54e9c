import Plots
import Testing

/// Heatmaps and grids of images, by their display lists.
@Suite struct HeatmapTests {
  private static let chart = Heatmap(
    rowLabel: "is", columnLabel: "taken for", rows: ["bag", "coat"], columns: ["bag", "coat", "dress"],
    values: [[9, 0, nil], [3, 6, 1]], valueFormat: .fixed(0))

  private static func drawing(_ chart: Heatmap, _ style: FigureStyle = FigureStyle()) throws -> Drawing {
    try Drawing(.heatmap(chart), style: style)
  }

  @Test func everyValueHasASquareThatIsDarkerTheLargerItIs() throws {
    let drawing = try Self.drawing(Self.chart)
    // A square for each value; none where there is no value.
    #expect(drawing.rectangles.count == 5)
    let byValue = [0, 1, 3, 6, 9].map { value in
      let text = drawing.texts.first { $0.text == "\(value)" }!
      return drawing.rectangles.first {
        ($0.rect.x...$0.rect.maxX).contains(text.position.x) && ($0.rect.y...$0.rect.maxY).contains(text.position.y)
      }!.fill
    }
    #expect(byValue[0] == Palette.light.background)
    #expect(byValue[4] == Palette.light.series[0])
    let luminances = byValue.map(\.relativeLuminance)
    #expect(luminances == luminances.sorted(by: >))
    #expect(Set(luminances).count == 5)
  }

  @Test func valuesAreReadableOnTheirSquares() throws {
    for theme in FigureTheme.allCases {
      let drawing = try Self.drawing(Self.chart, FigureStyle(theme: theme))
      for square in drawing.rectangles {
        let text = drawing.texts.first {
          (square.rect.x...square.rect.maxX).contains($0.position.x)
            && (square.rect.y...square.rect.maxY).contains($0.position.y)
        }!
        #expect(text.color.contrast(with: square.fill) >= 4.5)
      }
    }
  }

  @Test func rowsColumnsAndLabelsAreNamedInOrder() throws {
    let drawing = try Self.drawing(Self.chart)
    let rows = drawing.texts.filter { $0.rotation == 0 && $0.anchor == .end }
    #expect(rows.map(\.text) == ["bag", "coat"])
    #expect(rows[0].position.y < rows[1].position.y)
    let columns = drawing.texts.filter { $0.rotation == -90 && $0.text != "is" }
    #expect(columns.map(\.text) == ["bag", "coat", "dress"])
    #expect(columns.map(\.position.x) == columns.map(\.position.x).sorted())
    #expect(drawing.words.contains("taken for") && drawing.words.contains("is"))
  }

  @Test func aLogScaleShowsWhatIsSmallAndCountsWhatItCannotShow() throws {
    var chart = Self.chart
    chart.scale = .logarithmic
    chart.values = [[1000, 1, 0], [10, -2, 100]]
    let drawing = try Self.drawing(chart)
    #expect(drawing.words.contains { $0.contains("not on the log axis: 2") })
    #expect(drawing.rectangles.filter { $0.fill == Palette.light.grid }.count == 2)
    // The smallest value is no background.
    #expect(!drawing.rectangles.contains { $0.fill == Palette.light.background })
  }

  @Test func theLargestNumbersHaveShades() throws {
    let most = 9e307
    let linear = try Self.drawing(Heatmap(rows: ["a"], columns: ["x", "y", "z"], values: [[most, 0, -most]]))
    #expect(linear.rectangles.map(\.fill).first == Palette.light.series[0])
    #expect(linear.rectangles.map(\.fill).last == Palette.light.background)
    for values in [[1e300, (1e300).nextUp], [Double.leastNonzeroMagnitude, 1e308]] {
      let chart = Heatmap(rows: ["a"], columns: ["x", "y"], values: [values], scale: .logarithmic)
      #expect(try Self.drawing(chart).rectangles.count == 2)
    }
    #expect(
      (-most...most).fraction(of: 0) == 0.5
        && (0...Double.leastNonzeroMagnitude).fraction(of: .leastNonzeroMagnitude) == 1)
    #expect((1.0...1).fraction(of: 1) == nil && (0.0...1).fraction(of: .nan) == nil)
  }

  @Test func whatHasNoShadeIsCounted() throws {
    let chart = Heatmap(rows: ["a"], columns: ["x", "y", "z", "w"], values: [[1, .infinity, -.infinity, nil]])
    let text = altText(for: .heatmap(chart))
    #expect(text.contains("1 row, 4 columns"), "\(text)")
    #expect(text.contains("a / x 1."), "\(text)")
    #expect(
      text.contains("1 cell without a value (at a / w); 2 cells infinite (at a / y ∞, a / z \u{2212}∞)."), "\(text)")
    let drawing = try Self.drawing(chart)
    #expect(drawing.words.contains("Cells without a value: 1") && drawing.words.contains("infinite: 2"))
    var log = Heatmap(rows: ["a"], columns: ["x", "y"], values: [[0, 2]], scale: .logarithmic)
    #expect(altText(for: .heatmap(log)).contains("1 cell not above zero, not on the log axis (at a / x 0)"))
    log.values = [[1, 2]]
    #expect(!altText(for: .heatmap(log)).contains("cell"))
  }

  @Test func squaresWithoutRoomHaveNoTextAndNamesStayApart() throws {
    let names = (0..<60).map { "class number \($0)" }
    let chart = Heatmap(
      rows: names, columns: names,
      values: names.indices.map { row in names.indices.map { Double(row * 60 + $0) } })
    let drawing = try Self.drawing(chart, .narrow())
    #expect(drawing.rectangles.count == 3600)
    #expect(!drawing.words.contains("3599"))
    #expect(Set(drawing.texts.filter { $0.anchor == .end }.map(\.text)).count == 60)
    #expect(drawing.list.size.width == 360)
  }

  @Test func rowsOfAQueryBecomeAMatrix() throws {
    let chart = try Heatmap(
      squares: [
        .init(row: "b", column: "x", value: 1), .init(row: "a", column: "y", value: 2),
        .init(row: "b", column: "y", value: nil),
      ])
    #expect(chart.rows == ["b", "a"] && chart.columns == ["x", "y"])
    #expect(chart.values == [[1, nil], [nil, 2]])
    #expect(throws: PlotError.duplicate(.square(row: "b", column: "x", count: 2))) {
      try Heatmap(squares: [.init(row: "b", column: "x", value: 1), .init(row: "b", column: "x", value: 2)])
    }
  }

  @Test func wordsNameTheLargestSquaresOfEachRowAndOfTheRest() {
    let text = altText(for: .heatmap(Self.chart))
    #expect(text.contains("2 rows, 3 columns"))
    #expect(text.contains("Rows: is; columns: taken for."))
    #expect(text.contains("bag / bag 9; coat / coat 6."))
    #expect(text.contains("Largest of the others: coat / bag 3; coat / dress 1."))
    #expect(altText(for: .heatmap(Heatmap(rows: [], columns: [], values: []))).contains("no data"))
  }

  @Test func matricesThatAreNoneAreRefused() {
    var chart = Self.chart
    chart.values[1].removeLast()
    #expect(throws: PlotError.valueCount(group: "coat", values: 2, series: 3)) { try Self.drawing(chart) }
    chart = Self.chart
    chart.columns[1] = "bag"
    #expect(throws: PlotError.duplicate(.series("bag", panel: ""))) { try Self.drawing(chart) }
  }

  @Test func imagesGoOnBelowWhereAPageIsNarrow() throws {
    let cell = ImageGrid.Cell(width: 2, height: 1, pixels: [0, 255], caption: ["shoe", "is bag"])
    let grid = ImageGrid(
      title: "", rows: [.init(name: "wrong", cells: [ImageGrid.Cell](repeating: cell, count: 9))], cellSide: 60)
    let wide = try Drawing(.images(grid))
    let narrow = try Drawing(.images(grid), style: .narrow())
    #expect(wide.images.count == 9 && narrow.images.count == 9)
    #expect(narrow.list.size.height > wide.list.size.height)
    #expect(narrow.images.allSatisfy { $0.rect.maxX <= 360 })
    #expect(narrow.words.filter { $0 == "wrong" }.count == 1)
    // Half as high as wide.
    #expect(wide.images.allSatisfy { $0.rect.width == 60 && $0.rect.height == 30 })
    #expect(altText(for: .images(grid)).contains("9 images"))
  }

  @Test func anImageWithoutItsBytesIsRefused() {
    let rect = DisplayList.Rect(x: 0, y: 0, width: 10, height: 10)
    for (width, height, bytes) in [(2, 2, 5), (0, 3, 0), (Int.max, 2, 1), (-1, -1, 1)] {
      let image = DisplayList.Image(
        rect: rect, width: width, height: height, pixels: [UInt8](repeating: 0, count: bytes))
      let list = DisplayList(size: .init(width: 20, height: 20), items: [.image(image)])
      #expect(throws: PlotError.item(index: 0, problem: .pixels(width: width, height: height, bytes: bytes))) {
        try renderPNG(list)
      }
    }
  }
}
