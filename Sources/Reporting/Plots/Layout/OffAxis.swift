/// Why a value has no position inside an axis.
enum OffAxis: Hashable, CaseIterable {
  /// NaN: the data has none.
  case missing
  /// Zero or below on a logarithmic axis.
  case notOnLogAxis
  case infinite
  /// Outside fixed ends of the axis.
  case outside

  /// Nil for a value that has one.
  init?(_ value: Double, _ scale: AxisScale, fixed: ClosedRange<Double>? = nil) {
    if value.isNaN {
      self = .missing
    } else if scale == .logarithmic, value <= 0 {
      self = .notOnLogAxis
    } else if value.isInfinite {
      self = .infinite
    } else if let fixed, !fixed.contains(value) {
      self = .outside
    } else {
      return nil
    }
  }

  /// In words, for notes and alt texts.
  func text(_ language: FigureLanguage) -> String {
    switch self {
    case .missing: language.isEnglish ? "no value" : "缺失"
    case .notOnLogAxis: language.isEnglish ? "not above zero, not on the log axis" : "不大于零，无法用对数刻度表示"
    case .infinite: language.isEnglish ? "infinite" : "无穷大"
    case .outside: language.isEnglish ? "outside the axis" : "超出坐标轴范围"
    }
  }
}

/// How many values have no position inside the axes, by reason.
struct OffAxisCounts {
  private var counts: [OffAxis: Int] = [:]

  mutating func add(_ reason: OffAxis, _ count: Int = 1) { counts[reason, default: 0] += count }

  mutating func add(_ other: OffAxisCounts) {
    for (reason, count) in other.counts { add(reason, count) }
  }

  /// In the reasons' order.
  var entries: [(reason: OffAxis, count: Int)] {
    OffAxis.allCases.compactMap { reason in counts[reason].map { (reason, $0) } }
  }
}

/// Toward which edge of the plotting area a value without a position lies.
enum Edge: Hashable {
  case top, bottom, left, right

  /// Outward, with y downwards.
  var direction: (dx: Double, dy: Double) {
    switch self {
    case .top: (0, -1)
    case .bottom: (0, 1)
    case .left: (-1, 0)
    case .right: (1, 0)
    }
  }
}
