internal import Statistics

/// The mean of replicates and the ends of their interval.
struct ReplicateSummary {
  /// Of the values that are numbers.
  var count: Int
  /// Of those that are none, where others are numbers: which nothing else in the chart shows.
  var missing: Int
  /// NaN without values; infinite where a value is.
  var mean: Double
  /// Nil where there is no interval: without values, with an infinite one, and for a mean of one value.
  var low: Double?
  var high: Double?

  var ends: BarChart.Ends? {
    guard let low, let high else { return nil }
    return BarChart.Ends(low: low, high: high)
  }

  /// Summarizes values; NaN is no value.
  init(_ values: [Double], _ kind: IntervalKind?) {
    let known = values.filter { !$0.isNaN }
    count = known.count
    missing = known.isEmpty ? 0 : values.count - known.count
    guard let sample = Sample(known), sample.mean.isFinite else {
      mean = known.reduce(0, +) / Double(known.count)
      return
    }
    mean = sample.mean
    switch kind {
    case .range: (low, high) = (known.min(), known.max())
    case .mean(let level):
      let interval = sample.interval(level: level)
      (low, high) = (interval?.low, interval?.high)
    case .given, nil: break
    }
  }
}

extension IntervalKind {
  /// Whether rows under one key are replicates that are summarized.
  public var isOfReplicates: Bool {
    switch self {
    case .range, .mean: true
    case .given: false
    }
  }
}
