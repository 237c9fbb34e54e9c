/// The axes of a line chart's panels, shared where they should be.
struct LineChartAxes {
  /// The range of each panel's x axis; nil where nothing has a position.
  var x: [ClosedRange<Double>?]
  /// Whether ticks of x are whole numbers wherever two of them fit.
  var xCounts: [Bool]
  var y: [Axis]

  init(_ chart: LineChart, _ contents: [PanelContent], height: Double) {
    let first = chart.panels.first
    let areAlongAlike = chart.panels.allSatisfy { $0.xLabel == first?.xLabel && $0.xRange == first?.xRange }
    let areUpAlike = chart.panels.allSatisfy {
      $0.yLabel == first?.yLabel && $0.yScale == first?.yScale && $0.yRange == first?.yRange
    }
    /// What is made of all panels where they share an axis, of each alone otherwise.
    func shared<Result>(_ areAlike: Bool, _ make: ([PanelContent]) -> Result) -> [Result] {
      if !contents.isEmpty, chart.axes == .all || (chart.axes == .whereLabelsMatch && areAlike) {
        let one = make(contents)
        return contents.map { _ in one }
      }
      return contents.map { make([$0]) }
    }
    x = shared(areAlongAlike) { panels in
      panels.lazy.compactMap(\.panel.xRange).first ?? extent(panels.lazy.flatMap(\.xValues))
    }
    xCounts = shared(areAlongAlike) { panels in
      let values = panels.lazy.flatMap(\.xValues)
      let length = extent(values).map { $0.upperBound - $0.lowerBound } ?? 0
      return panels.contains(where: \.panel.xCounts) || length >= 2 || values.allSatisfy { $0 == $0.rounded() }
    }
    let steps = max(2, Int(height / 42))
    y = shared(areUpAlike) { panels in Self.yAxis(panels, steps: steps) }
  }

  private static func yAxis(_ panels: [PanelContent], steps: Int) -> Axis {
    let fixed = panels.lazy.compactMap(\.panel.yRange).first
    let range = fixed ?? extent(panels.lazy.flatMap(\.yValues))
    let format: NumberFormat = panels[0].panel.valueFormat.isPercent ? panels[0].panel.valueFormat : .automatic
    return panels[0].panel.yScale == .linear
      ? .linear(over: range, ends: fixed == nil ? .ticks : .fixed, steps: steps, format: format)
      : .logarithmic(over: range, ends: fixed == nil ? .ticks : .fixed, steps: steps, format: format)
  }
}
