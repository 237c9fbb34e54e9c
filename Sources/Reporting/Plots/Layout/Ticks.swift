/// A tick's label and where its middle is along the axis.
struct PlacedTick {
  var label: String
  var at: Double
}

extension Canvas {
  /// Labels along a horizontal axis: moved inside the bounds at its ends, left out where one would touch the one before.
  func placed(
    _ ticks: [(label: String, x: Double)], within bounds: ClosedRange<Double>, distance: Double = 5
  ) -> [PlacedTick] {
    var free = bounds.lowerBound
    var placed: [PlacedTick] = []
    for tick in ticks {
      let half = width(tick.label, .tick) / 2
      guard 2 * half <= bounds.upperBound - bounds.lowerBound else { continue }
      let middle = min(max(tick.x, bounds.lowerBound + half), bounds.upperBound - half)
      if middle - half < free { continue }
      free = middle + half + distance
      placed.append(PlacedTick(label: tick.label, at: middle))
    }
    return placed
  }

  /// Labels along a vertical axis, from the bottom: left out where one would touch the one before.
  func placed(_ ticks: [(label: String, y: Double)]) -> [PlacedTick] {
    var free = Double.infinity
    var placed: [PlacedTick] = []
    for tick in ticks {
      if tick.y > free { continue }
      free = tick.y - Role.tick.size * 1.25
      placed.append(PlacedTick(label: tick.label, at: tick.y))
    }
    return placed
  }

  /// A label about a middle, moved inside the bounds and cut to them.
  mutating func write(
    _ text: String, about x: Double, within bounds: ClosedRange<Double>, baseline y: Double, _ role: Role
  ) {
    let text = elided(text, to: bounds.upperBound - bounds.lowerBound, role)
    let half = width(text, role) / 2
    let middle = min(max(x, bounds.lowerBound + half), bounds.upperBound - half)
    write(text, x: middle, baseline: y, role, anchor: .middle)
  }
}
