/// The language of the few words that figures and alt texts add to the chart's own.
public enum FigureLanguage: String, Sendable, Hashable, Codable {
  case english = "en"
  case chinese = "zh"

  /// How a name is shown that may be missing or empty, so that neither is blank nor like the other.
  public func shown(_ name: String?) -> String {
    switch name {
    case nil: "(NULL)"
    case "": self == .english ? "(empty)" : "（空）"
    case let name?: name
    }
  }

  var isEnglish: Bool { self == .english }
  var noData: String { isEnglish ? "no data" : "无数据" }
  var logarithmic: String { isEnglish ? "log scale" : "对数刻度" }
  var notOnLogAxis: String { isEnglish ? "not on a log axis" : "无法用对数刻度表示" }
  var comma: String { isEnglish ? ", " : "，" }
  var semicolon: String { isEnglish ? "; " : "；" }
  var colon: String { isEnglish ? ": " : "：" }
  var stop: String { isEnglish ? "." : "。" }
  var between: String { isEnglish ? " " : "" }

  /// "1 row", "3 rows".
  func counted(_ count: Int, _ one: String, _ many: String, _ chinese: String) -> String {
    isEnglish ? "\(count) \(count == 1 ? one : many)" : "\(count)\(chinese)"
  }

  /// How many cells of a heatmap have no value; nil for none.
  func withoutValue(_ count: Int) -> String? {
    count == 0 ? nil : isEnglish ? "Cells without a value: \(count)" : "无值的格：\(count)个"
  }

  /// That names are shown without their common beginning and end.
  func shortened(_ common: String) -> String {
    isEnglish ? "Common to all names: \(common)" : "所有名称的共同部分：\(common)"
  }

  /// What the bands (or error bars) of a chart are.
  func note(_ intervals: Intervals, isBand: Bool) -> String {
    let what = isEnglish ? (isBand ? "Band" : "Error bar") : (isBand ? "色带" : "误差线")
    let mean = isEnglish ? (isBand ? "Line" : "Value") + ": mean" : (isBand ? "线" : "值") + "：平均值"
    var text: String
    switch intervals.kind {
    case .given(let low, let high):
      return isEnglish ? "\(what): \(low) to \(high)" : "\(what)：\(low)至\(high)"
    case .range:
      text = isEnglish ? "\(what): smallest to largest value" : "\(what)：最小值至最大值"
    case .mean(let level):
      let percent = NumberFormat.withoutZeros(NumberFormat.decimal(level * 100, decimals: 4))
      text = isEnglish ? "\(what): \(percent) % t interval of the mean" : "\(what)：平均值的\(percent)% t区间"
    }
    if let counts = intervals.counts {
      let (low, high) = (counts.lowerBound, counts.upperBound)
      let number = low == high ? "\(high)" : "\(low)–\(high)"
      text += isEnglish ? "; \(number) \(high == 1 ? "value" : "values") each" : "；每点\(number)个值"
    }
    if let missing = intervals.missing {
      text += isEnglish ? "; \(missing) more \(missing == 1 ? "has" : "have") no value" : "；另有\(missing)个缺失"
    }
    return mean + semicolon + (isEnglish ? text.prefix(1).lowercased() + text.dropFirst() : text)
  }
}
