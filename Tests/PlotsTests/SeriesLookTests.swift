import Plots
import Testing

@Suite struct SeriesLookTests {
  @Test(arguments: FigureTheme.allCases)
  func noTwoSeriesLookAlike(theme: FigureTheme) {
    let looks = (0..<100).map { SeriesLook($0, theme.palette) }
    #expect(Set(looks.map { "\($0.color) \($0.dash)" }).count == 100)
    let few = looks.prefix(50)
    #expect(Set(few.map { "\($0.color) \($0.marker)" }).count == 50)
    #expect(Set(looks.prefix(20).map { "\($0.color) \($0.fill)" }).count == 20)
    // Neighbors differ without color too.
    for (one, two) in zip(looks, looks.dropFirst()) { #expect(one.dash != two.dash && one.marker != two.marker) }
  }

  @Test(arguments: FigureTheme.allCases)
  func colorsAreSeen(theme: FigureTheme) {
    let palette = theme.palette
    for color in palette.series {
      #expect(color.contrast(with: palette.background) >= 3, "\(color)")
      #expect(color.readable(on: palette.background).contrast(with: palette.background) >= 4.5, "\(color)")
    }
    for color in [palette.ink, palette.muted] { #expect(color.contrast(with: palette.background) >= 4.5) }
    #expect(palette.axis.contrast(with: palette.background) > palette.grid.contrast(with: palette.background))
    #expect(Set(palette.series).count == palette.series.count)
  }

  @Test func fourteenLinesAreToldApart() throws {
    let drawing = try Drawing(Chart.lines(series: 14, points: 40))
    #expect(drawing.curves.count == 14)
    #expect(Set(drawing.curves.map { "\($0.color) \($0.dash)" }).count == 14)
    // Markers besides, although the points are many.
    #expect(drawing.circles.count + drawing.polygons.count >= 14 * 4)
  }

  @Test func fourteenBarsAreToldApart() throws {
    let drawing = try Drawing(Chart.bars(groups: 1, series: 14))
    let bars = drawing.rectangles.filter { $0.rect.height == 11.5 }
    #expect(bars.count == 14)
    #expect(Set(bars.map(\.fill)).count == 14)
  }
}
