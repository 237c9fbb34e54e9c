/// What a figure shows, before anything is drawn.
///
/// Charts carry data and names only; captions belong to the page around the figure.
public enum Chart: Sendable, Hashable {
  case lines(LineChart)
  case bars(BarChart)
  case scatter(ScatterChart)
  case heatmap(Heatmap)
  case images(ImageGrid)
}

extension Chart: Codable {
  private enum Kind: String, CodingKey {
    case lines, bars, scatter, heatmap, images
  }

  /// Reads an object with one key: the chart's kind.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    if let chart = try container.decodeIfPresent(LineChart.self, forKey: .lines) {
      self = .lines(chart)
    } else if let chart = try container.decodeIfPresent(ScatterChart.self, forKey: .scatter) {
      self = .scatter(chart)
    } else if let chart = try container.decodeIfPresent(Heatmap.self, forKey: .heatmap) {
      self = .heatmap(chart)
    } else if let grid = try container.decodeIfPresent(ImageGrid.self, forKey: .images) {
      self = .images(grid)
    } else {
      self = .bars(try container.decode(BarChart.self, forKey: .bars))
    }
  }

  /// Writes an object with one key: the chart's kind.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    switch self {
    case .lines(let chart): try container.encode(chart, forKey: .lines)
    case .bars(let chart): try container.encode(chart, forKey: .bars)
    case .scatter(let chart): try container.encode(chart, forKey: .scatter)
    case .heatmap(let chart): try container.encode(chart, forKey: .heatmap)
    case .images(let grid): try container.encode(grid, forKey: .images)
    }
  }
}

/// How values are spread along an axis.
public enum AxisScale: String, Sendable, Hashable, Codable {
  case linear
  /// Base 10; values that are not above zero have no position on it.
  case logarithmic
}

/// What the ends of bands and error bars are.
public enum IntervalKind: Sendable, Hashable, Codable {
  /// The smallest and the largest of the values.
  case range
  /// Student's t interval of the values' mean.
  case mean(level: Double)
  /// What the data says, named as there.
  case given(low: String, high: String)
}

/// What the bands or error bars of a chart are, for its note and its alt text.
public struct Intervals: Sendable, Hashable, Codable {
  /// What the ends are.
  public var kind: IntervalKind
  /// The number of values behind one point; nil where the data does not say.
  public var counts: ClosedRange<Int>?
  /// Replicates without a value beside others that have one; nil for none.
  public var missing: Int?

  /// What the ends are, and of how many values.
  public init(_ kind: IntervalKind, counts: ClosedRange<Int>? = nil, missing: Int? = nil) {
    self.kind = kind
    self.counts = counts
    self.missing = missing
  }
}
