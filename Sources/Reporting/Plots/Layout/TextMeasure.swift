/// How wide a text will be, which layout needs before anything is drawn.
///
/// A value with a closure, so that layout is tested with a measure that is the same on every machine.
public struct TextMeasure: Sendable {
  /// The width in points of one line of text.
  public let width: @Sendable (String, DisplayList.Font) -> Double

  /// A measure by its closure.
  public init(width: @escaping @Sendable (String, DisplayList.Font) -> Double) {
    self.width = width
  }

  /// Every character is `em` of the font's size wide, whatever it is.
  public static func fixedWidth(_ em: Double = 0.6) -> TextMeasure {
    TextMeasure { text, font in Double(text.count) * em * font.size }
  }
}
