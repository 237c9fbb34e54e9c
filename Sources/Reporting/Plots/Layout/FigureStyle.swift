/// How a chart becomes a figure.
public struct FigureStyle: Sendable, Hashable, Codable {
  /// Of the whole figure, in points; nil for 720, or 400 for panels in a column.
  public var width: Double?
  /// Of a panel's plotting area, in points.
  public var panelHeight: Double
  /// The most panels in a row; nil for as many as there is room for.
  public var columns: Int?
  /// Font families in order of preference, divided by commas.
  public var fontFamily: String
  /// Where series are named.
  public var seriesLabels: SeriesLabels
  /// Whether the last value of each line is written beside the panel, where there is room for all of them.
  public var showsFinalValues: Bool
  /// Of the words that the figure adds.
  public var language: FigureLanguage
  /// Of light or of dark pages.
  public var theme: FigureTheme

  /// A style; every part has a default.
  public init(
    width: Double? = nil, panelHeight: Double = 210, columns: Int? = nil,
    fontFamily: String = FigureStyle.fontFamilies, seriesLabels: SeriesLabels = .automatic,
    showsFinalValues: Bool = true, language: FigureLanguage = .english, theme: FigureTheme = .light
  ) {
    self.width = width
    self.panelHeight = panelHeight
    self.columns = columns
    self.fontFamily = fontFamily
    self.seriesLabels = seriesLabels
    self.showsFinalValues = showsFinalValues
    self.language = language
    self.theme = theme
  }

  /// For the width of a phone: panels one below the other.
  public static func narrow(language: FigureLanguage = .english, theme: FigureTheme = .light) -> FigureStyle {
    FigureStyle(width: 360, columns: 1, language: language, theme: theme)
  }

  /// Where series are named.
  public enum SeriesLabels: String, Sendable, Hashable, Codable {
    /// Beside the lines of a single panel, if there is room; otherwise in a legend.
    case automatic
    case legend
    case lineEnds
  }

  /// The font that vgglab carries, then families for Chinese where one is installed.
  public static let fontFamilies =
    "vgglab Sans, DejaVu Sans, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, WenQuanYi Zen Hei, sans-serif"

  /// Of widths that charts are laid out for, in points.
  public static let widths: ClosedRange<Double> = 240...4000
  /// Of heights of plotting areas, in points.
  public static let panelHeights: ClosedRange<Double> = 60...2000
}
