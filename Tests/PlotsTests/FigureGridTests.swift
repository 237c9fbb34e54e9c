import Plots
import Testing

/// What holds for every figure, over grids of odd inputs: nothing runs off or covers other text, no two ticks are alike.
@Suite struct FigureGridTests {
  static let widths: [Double] = [240, 360, 720, 1200]

  @Test(arguments: Values.allCases, Names.allCases)
  func lineCharts(values: Values, names: Names) throws {
    for (panels, series) in [(1, 1), (1, 8), (1, 24), (1, 40), (5, 3), (3, 14)] {
      for width in Self.widths {
        let chart = Chart.lines(panels: panels, series: series, values, names)
        let drawing = try Drawing(
          chart, style: FigureStyle(width: width, seriesLabels: series == 8 ? .legend : .automatic))
        // Panels in a row have the same ticks.
        let faults = panels == 1 ? drawing.faults : drawing.faults.filter { !$0.contains("ticks alike") }
        #expect(faults.isEmpty, "\(panels) × \(series), \(width): \(faults.prefix(3))")
      }
    }
  }

  @Test(arguments: Values.allCases, Names.allCases)
  func barCharts(values: Values, names: Names) throws {
    for (groups, series) in [(1, 1), (3, 2), (12, 1), (4, 14)] {
      for width in Self.widths {
        let drawing = try Drawing(
          Chart.bars(groups: groups, series: series, values, names), style: FigureStyle(width: width))
        #expect(drawing.faults.isEmpty, "\(groups) × \(series), \(width): \(drawing.faults.prefix(3))")
      }
    }
  }

  @Test(arguments: Values.allCases, Names.allCases)
  func scatterCharts(values: Values, names: Names) throws {
    for series in [1, 2, 14] {
      for width in Self.widths {
        let drawing = try Drawing(Chart.scatter(series: series, values, names), style: FigureStyle(width: width))
        #expect(drawing.faults.isEmpty, "\(series), \(width): \(drawing.faults.prefix(3))")
      }
    }
  }

  /// With the fonts of figures instead of a fixed width.
  @Test func asItIsDrawn() throws {
    for values in Values.allCases {
      for chart in [
        Chart.lines(series: 14, values, .commonBeginning), .bars(groups: 5, series: 3, values, .longAndAlike),
        .scatter(series: 3, values, .short),
      ] {
        let drawing = try Drawing(chart, measure: .pango)
        #expect(drawing.faults.isEmpty, "\(values): \(drawing.faults.prefix(3))")
      }
    }
  }

  @Test func panelsStackInSoManyColumns() throws {
    func columns(_ style: FigureStyle) throws -> Int {
      let drawing = try Drawing(Chart.lines(panels: 4), style: style)
      let titles = drawing.texts.filter { $0.font.weight == .bold }
      #expect(titles.count == 4)
      return Set(titles.map(\.position.x)).count
    }
    #expect(try columns(FigureStyle(width: 1200)) == 4)
    #expect(try columns(FigureStyle(width: 1200, columns: 2)) == 2)
    #expect(try columns(FigureStyle(width: 1200, columns: 1)) == 1)
    #expect(try columns(FigureStyle(width: 360)) == 1)
    #expect(try columns(.narrow()) == 1)
    // More columns than have room are not made.
    #expect(try columns(FigureStyle(width: 360, columns: 4)) == 1)
    #expect(try DisplayList(.lines(panels: 4), style: .narrow()).size.width <= 360)
  }
}
