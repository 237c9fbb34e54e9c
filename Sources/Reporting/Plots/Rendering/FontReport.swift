internal import CPangoCairo

/// With what a display list's text is drawn on this machine; belongs into a figure's provenance.
public struct FontReport: Sendable, Hashable, Codable {
  /// Names of the fonts really used, by the alphabet.
  public var fonts: [String]
  /// Texts with characters that no font has, which are drawn as boxes.
  public var missing: [MissingGlyphs]
  /// Versions of the libraries, as they name them.
  public var cairo: String
  /// As Pango names its version.
  public var pango: String

  /// A text that cannot be drawn whole.
  public struct MissingGlyphs: Sendable, Hashable, Codable {
    /// The whole text.
    public var text: String
    /// Of its characters, those without a glyph.
    public var count: Int

    /// A text and how many of its characters have no glyph.
    public init(text: String, count: Int) {
      self.text = text
      self.count = count
    }
  }
}

/// Finds out which fonts are used for the text of a list, and what they cannot draw.
///
/// - Throws: `PlotError.item` for a list that cannot be drawn.
public func fontReport(for list: DisplayList) throws(PlotError) -> FontReport {
  try list.check()
  let pango = PangoText()
  var fonts: Set<String> = []
  var missing: [FontReport.MissingGlyphs] = []
  for case .text(let item) in list.items {
    pango.withLayout(item.text, item.font) { layout in
      fonts.formUnion(fontNames(in: layout))
      let unknown = Int(pango_layout_get_unknown_glyphs_count(layout))
      let entry = FontReport.MissingGlyphs(text: item.text, count: unknown)
      if unknown > 0, !missing.contains(entry) { missing.append(entry) }
    }
  }
  return FontReport(
    fonts: fonts.sorted(), missing: missing, cairo: String(cString: cairo_version_string()),
    pango: String(cString: pango_version_string()))
}

private func fontNames(in layout: OpaquePointer) -> Set<String> {
  var names: Set<String> = []
  guard let iterator = pango_layout_get_iter(layout) else { return names }
  defer { pango_layout_iter_free(iterator) }
  repeat {
    guard let run = pango_layout_iter_get_run_readonly(iterator), let font = run.pointee.item.pointee.analysis.font
    else { continue }
    let description = pango_font_describe(font)
    defer { pango_font_description_free(description) }
    pango_font_description_unset_fields(description, PANGO_FONT_MASK_SIZE)
    if let text = pango_font_description_to_string(description) {
      names.insert(String(cString: text))
      g_free(text)
    }
  } while pango_layout_iter_next_run(iterator) != 0
  return names
}

extension DisplayList {
  /// Whether text has characters that the carried font lacks, so that figures differ between machines with other fonts.
  public var usesMachineFonts: Bool {
    let pango = PangoText()
    return items.contains { item in
      guard case .text(let text) = item else { return false }
      return !pango.isCarried(text.text, text.font)
    }
  }
}
