package import Plots

/// A drawing of a figure: for light or dark pages, wide or as narrow as a phone.
package enum FigureVariant: String, CaseIterable, Sendable {
  // In the order in which a browser looks for one that fits; the light wide one is for all others.
  case narrowDark = "narrow.dark"
  case narrow
  case dark
  case light

  /// Of pages and paper without further wishes.
  package static let standard = FigureVariant.light

  /// Whether it is laid out for a phone.
  package var isNarrow: Bool { self == .narrow || self == .narrowDark }

  /// Under what name a cell's drawing lies in the folder of figures. No cell's id has a dot, so no two files have one name.
  package func file(_ id: String) -> String { "figures/\(name(id)).png" }

  /// The cell's id for the light one, `id.dark` for the dark one.
  package func name(_ id: String) -> String { self == .light ? id : "\(id).\(rawValue)" }

  /// The media query of `<source>`; nil for the image itself. Paper takes the light, wide one.
  package var media: String? {
    switch self {
    case .light: nil
    case .dark: "screen and (prefers-color-scheme: dark)"
    case .narrow: "screen and (max-width: 45rem)"
    case .narrowDark: "screen and (max-width: 45rem) and (prefers-color-scheme: dark)"
    }
  }

  /// How it is laid out.
  func style(_ language: FigureLanguage) -> FigureStyle {
    let theme: FigureTheme = self == .light || self == .narrow ? .light : .dark
    return isNarrow ? .narrow(language: language, theme: theme) : FigureStyle(language: language, theme: theme)
  }
}

/// A chart, laid out in every variant that can be drawn.
package struct Figure: Sendable {
  /// With the standard one and the dark one at the least.
  package private(set) var lists: [FigureVariant: DisplayList] = [:]
  package let altText: String

  /// A column of panels that is higher, in points, is not shown on phones: the wide figure scrolls there.
  private static let narrowHeight = 6_000.0

  /// Throws `PlotError` for a chart that cannot be drawn.
  package init(_ chart: Chart, language: FigureLanguage) throws {
    altText = Plots.altText(for: chart, language: language)
    for variant in [FigureVariant.light, .dark] {
      lists[variant] = try DisplayList(chart, style: variant.style(language))
    }
    for variant in [FigureVariant.narrow, .narrowDark] {
      guard let list = try? DisplayList(chart, style: variant.style(language)), list.size.height <= Self.narrowHeight
      else { continue }
      lists[variant] = list
    }
  }

  /// The light, wide one.
  package var standard: DisplayList { lists[.standard]! }
}
