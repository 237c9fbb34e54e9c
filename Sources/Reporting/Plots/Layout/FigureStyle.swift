/// How a chart becomes a figure.
public struct FigureStyle: Sendable, Hashable, Codable {
  /// Of the whole figure, in points; nil for 720, or 400 for panels in a column.
  public var width: Double?
  /// Of a panel's plotting area, in points.
  public var panelHeight: Double
  /// Font families in order of preference, divided by commas.
  public var fontFamily: String
  public var seriesLabels: SeriesLabels
  /// The last value of each line stands at its end.
  public var showsFinalValues: Bool
  public var language: FigureLanguage

  public init(
    width: Double? = nil, panelHeight: Double = 210, fontFamily: String = FigureStyle.fontFamilies,
    seriesLabels: SeriesLabels = .automatic, showsFinalValues: Bool = true, language: FigureLanguage = .english
  ) {
    self.width = width
    self.panelHeight = panelHeight
    self.fontFamily = fontFamily
    self.seriesLabels = seriesLabels
    self.showsFinalValues = showsFinalValues
    self.language = language
  }

  /// Where series are named.
  public enum SeriesLabels: String, Sendable, Hashable, Codable {
    /// At the ends of the lines of a single panel, if there is room; otherwise in a legend.
    case automatic
    case legend
    case lineEnds
  }

  /// What Debian installs with Pango, then families for Chinese where one is installed.
  public static let fontFamilies =
    "DejaVu Sans, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, WenQuanYi Zen Hei, sans-serif"

  /// Of widths that charts are laid out for, in points.
  public static let widths: ClosedRange<Double> = 240...4000
  /// Of heights of plotting areas, in points.
  public static let panelHeights: ClosedRange<Double> = 60...2000
}

/// The language of the few words that figures and alt texts add to the chart's own.
public enum FigureLanguage: String, Sendable, Hashable, Codable {
  case english = "en"
  case chinese = "zh"

  var noData: String { self == .english ? "no data" : "无数据" }
  var logarithmic: String { self == .english ? "log scale" : "对数刻度" }
  var notOnLogAxis: String { self == .english ? "not on a log axis" : "无法用对数刻度表示" }
}
