import Plots
import Testing

/// Values that have no position on an axis are marked at its edge, counted below the figure, and said in the alt text.
@Suite struct OffAxisTests {
  private func chart(_ ys: [Double], scale: AxisScale, yRange: ClosedRange<Double>? = nil) -> Chart {
    .lines(
      LineChart(panels: [
        .init(
          title: "", xLabel: "epoch", yLabel: "loss",
          series: [
            .init(name: "s", points: ys.enumerated().map { .init(x: Double($0 + 1), y: $1) })
          ], yRange: yRange, yScale: scale)
      ]))
  }

  @Test func zeroOnALogAxis() throws {
    let chart = chart([1, 0, 0.5, -1, 1.1], scale: .logarithmic)
    let drawing = try Drawing(chart)
    #expect(drawing.faults.isEmpty, "\(drawing.faults)")
    #expect(drawing.words.contains("not above zero, not on the log axis: 2"), "\(drawing.words)")
    // Triangles at the lower edge, at their x, and one in the note.
    let triangles = drawing.polygons.filter { $0.points.count == 3 }
    #expect(triangles.count == 3)
    let axis = try #require(drawing.lines.first { $0.color == Palette.light.axis && $0.points[0].y == $0.points[1].y })
    let (left, right, bottom) = (axis.points[0].x, axis.points[1].x, axis.points[0].y)
    for (triangle, step) in zip(triangles, [2.0, 4]) {
      #expect(abs(triangle.points[0].x - (left + step / 5 * (right - left))) < 1)
      #expect(triangle.points.allSatisfy { $0.y < bottom && $0.y > bottom - 8 })
      #expect(triangle.points[0].y > triangle.points[1].y)
    }
    let alt = altText(for: chart)
    #expect(alt.contains("2 points not above zero, not on the log axis (at 2, 4)"), "\(alt)")
    #expect(altText(for: chart, language: .chinese).contains("2个点不大于零"))
  }

  @Test func theEndIsNotWhatWasShownLast() {
    let alt = altText(for: chart([1.3, 1.1, 0], scale: .logarithmic))
    #expect(!alt.contains("ends at"), "\(alt)")
    #expect(alt.contains("last shown at 2 with 1.1, then at 3 0"), "\(alt)")
    #expect(altText(for: chart([1.3, 1.1, .nan], scale: .linear)).contains("then at 3 no data"))
    #expect(altText(for: chart([1.3, 1.1, .infinity], scale: .linear)).contains("then at 3 ∞"))
    #expect(altText(for: chart([1.3, 1.1], scale: .linear)).contains("ends at 1.1"))
  }

  @Test func infinitiesGapsAndWhatIsOutside() throws {
    let chart = chart([1, .infinity, 2, .nan, -.infinity, 9, 3], scale: .linear, yRange: 0...4)
    let drawing = try Drawing(chart)
    for word in ["infinite: 2", "no value: 1", "outside the axis: 1"] {
      #expect(drawing.words.contains(word), "\(drawing.words)")
    }
    #expect(drawing.faults.isEmpty, "\(drawing.faults)")
    // Chevrons have three points: two at the upper edge, one at the lower, and one in each of two notes.
    let chevrons = drawing.lines.filter { $0.points.count == 3 && $0.width == 1.4 }
    #expect(chevrons.count == 5)
    let heights = chevrons.prefix(3).map(\.points[1].y)
    #expect(heights[0] == heights[2] && heights[1] > heights[0] + 150)
    let crosses = drawing.lines.filter { $0.width == 1.2 && $0.points.count == 2 }
    #expect(crosses.count == 4)
    let alt = altText(for: chart)
    for word in ["1 point without a value (at 4)", "2 points infinite (at 2, 5)", "1 point outside the axis (at 6)"] {
      #expect(alt.contains(word), "\(alt)")
    }
  }

  @Test func whatCanBeShownHasNoNote() throws {
    let drawing = try Drawing(chart([1, 2, 3], scale: .linear))
    #expect(!drawing.words.contains { $0.contains(": ") })
    #expect(!altText(for: chart([1, 2, 3], scale: .linear)).contains("point"))
  }

  @Test func pointsWithoutAPosition() throws {
    let points = [
      ScatterChart.Point(x: 0, y: 2), .init(x: 10, y: -1), .init(x: .infinity, y: 1), .init(x: 1, y: 1),
      .init(x: 100, y: .nan), .init(x: 100, y: 100),
    ]
    let chart = Chart.scatter(
      ScatterChart(
        title: "", xLabel: "x", yLabel: "y", xScale: .logarithmic, yScale: .logarithmic,
        series: [.init(name: "s", points: points)]))
    let drawing = try Drawing(chart)
    #expect(drawing.circles.count == 2)
    for word in ["not above zero, not on the log axis: 2", "infinite: 1", "no value: 1"] {
      #expect(drawing.words.contains(word), "\(drawing.words)")
    }
    #expect(altText(for: chart).contains("2 points not above zero, not on the log axis (at (0, 2), (10, \u{2212}1))"))
    #expect(altText(for: chart).contains("1 point without a value (at (100, –))"))
    // At the left edge, pointing left; at the lower edge, pointing down.
    let triangles = drawing.polygons.filter { $0.points.count == 3 }
    #expect(triangles[0].points[0].x < triangles[0].points[1].x && triangles[0].points[1].x == triangles[0].points[2].x)
    #expect(triangles[1].points[0].y > triangles[1].points[1].y)
  }

  @Test func aPointWithoutAValueStandsWhereItIsOnTheOtherAxis() throws {
    let points = [
      ScatterChart.Point(x: 2, y: 2), .init(x: 4, y: 6), .init(x: 0, y: .nan), .init(x: .nan, y: 20),
    ]
    let drawing = try Drawing(
      .scatter(ScatterChart(title: "", xLabel: "x", yLabel: "y", series: [.init(name: "s", points: points)])))
    // The axes reach from 0 on, and up to 20.
    #expect(drawing.circles.count == 2 && drawing.circles.allSatisfy { $0.center.x > 300 && $0.center.y > 100 })
    #expect(drawing.words.contains("20"), "\(drawing.words)")
  }

  @Test func barsWithoutAPosition() throws {
    let chart = Chart.bars(
      BarChart(
        title: "", valueLabel: "", series: ["s"],
        groups: [
          .init(name: "a", values: [0]), .init(name: "b", values: [10]), .init(name: "c", values: [nil]),
          .init(name: "d", values: [.infinity]),
        ], scale: .logarithmic))
    let drawing = try Drawing(chart)
    #expect(drawing.rectangles.filter { $0.rect.height == 14 }.count == 1)
    for word in ["0 (not on a log axis)", "no data", "∞"] {
      #expect(drawing.words.contains(word), "\(drawing.words)")
    }
    #expect(altText(for: chart).contains("a 0 (not on a log axis); b 10; c no data; d ∞"))
    #expect(!altText(for: chart).contains("ighest"))
  }

  @Test func theHighestBarIsOneThatIsShown() {
    func alt(_ values: [Double]) -> String {
      let groups = values.enumerated().map { BarChart.Group(name: "g\($0)", values: [$1]) }
      return altText(
        for: .bars(BarChart(title: "", valueLabel: "", series: ["s"], groups: groups, scale: .logarithmic)))
    }
    #expect(alt([-1, 0, 10, 2, .infinity]).hasSuffix("Highest: g2 10; lowest: g3 2."))
    #expect(!alt([-1, 0, .infinity]).contains("ighest"))
  }

  @Test func manyGapsStayDrawable() throws {
    let chart = chart((0..<150_000).map { $0 % 2 == 0 ? .nan : $0 % 4 == 1 ? .infinity : 1 }, scale: .linear)
    let drawing = try Drawing(chart)
    #expect(drawing.words.contains("no value: 75000"))
  }
}
