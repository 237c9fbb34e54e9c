/// Colors of figures on a light or a dark page.
///
/// Those of series keep the hues of Okabe and Ito ("Color Universal Design", 2008), which people with any common
/// color blindness tell apart; each has a contrast of 3 or more with the background.
public struct Palette: Sendable, Hashable {
  /// Behind all.
  public var background: Color
  /// Of titles, names and values.
  public var ink: Color
  /// Of labels and ticks.
  public var muted: Color
  /// Of lines of axes.
  public var axis: Color
  /// Of lines at ticks.
  public var grid: Color
  /// Of series, in their order; after the last the first comes again, with another dash and marker.
  public var series: [Color]

  /// For light pages and paper. The light hues are darkened, yellow is left out.
  public static let light = Palette(
    background: .white, ink: Color(0x1F2328), muted: Color(0x59636E), axis: Color(0x9AA3AD), grid: Color(0xE8EAED),
    series: [
      Color(0x0069A8), Color(0xD55E00), Color(0x00805C), Color(0xA8508A), Color(0x404448), Color(0x8A6D00),
      Color(0x2F86BD),
    ])

  /// For dark pages.
  public static let dark = Palette(
    background: Color(0x14171D), ink: Color(0xE4E8EF), muted: Color(0xA9B2C3), axis: Color(0x6B7483),
    grid: Color(0x2A303B),
    series: [
      Color(0x56B4E9), Color(0xF0812E), Color(0x2FBF94), Color(0xDB8FC0), Color(0xC9CED6), Color(0xDCC23C),
      Color(0x8D9BF5),
    ])
}

/// Which palette a figure has.
public enum FigureTheme: String, Sendable, Hashable, Codable, CaseIterable {
  case light, dark

  /// The colors.
  public var palette: Palette { self == .light ? .light : .dark }
}
