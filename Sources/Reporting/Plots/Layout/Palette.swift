/// The look of the n-th series: colour, dashes and marks, so that lines differ without colour too.
public struct SeriesLook: Sendable, Hashable {
  public var colour: Colour
  public var dash: [Double]
  /// Marks are rings instead of discs.
  public var hollow: Bool

  public init(_ index: Int) {
    let (colours, dashes) = (Palette.colours.count, Palette.dashes.count)
    colour = Palette.colours[index % colours]
    // The second round over the colours begins with another pattern.
    dash = Palette.dashes[(index + index / colours) % dashes]
    hollow = index % 2 == 1
  }
}

/// Colours of figures.
///
/// Those of series keep the hues of Okabe and Ito ("Color Universal Design", 2008), which people with any common
/// colour blindness tell apart; the light ones are darkened to a contrast of 3 or more on white, yellow is left out.
public enum Palette {
  public static let colours: [Colour] = [
    Colour(0x0069A8), Colour(0xD55E00), Colour(0x00805C), Colour(0xA8508A), Colour(0x404448), Colour(0x8A6D00),
    Colour(0x2F86BD),
  ]

  /// Ink and gap in points; the first is solid.
  public static let dashes: [[Double]] = [
    [], [6, 2.5], [7, 2.5, 1.8, 2.5], [2, 2], [10, 3], [7, 2.5, 1.8, 2.5, 1.8, 2.5],
  ]

  public static let ink = Colour(0x1F2328)
  public static let muted = Colour(0x59636E)
  public static let axis = Colour(0x9AA3AD)
  public static let grid = Colour(0xE8EAED)
}
