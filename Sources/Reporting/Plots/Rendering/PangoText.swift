internal import CPangoCairo

/// Pango's machinery for lines of plain text, used inside one call and never shared between threads.
///
/// Text is drawn with the carried font, so that it is the same on every machine; text that has other characters
/// (Chinese) with the machine's. Hinting is off, so that text is as wide at every scale as it was measured.
final class PangoText {
  /// With the carried font alone; nil where there is none.
  private let carried: OpaquePointer?
  /// With the machine's fonts.
  private let machine: OpaquePointer

  init() {
    carried = FigureFonts.map().map { Self.context(pango_font_map_create_context($0)) }
    machine = Self.context(pango_font_map_create_context(pango_cairo_font_map_get_default()))
  }

  private static func context(_ context: OpaquePointer) -> OpaquePointer {
    let options = cairo_font_options_create()
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    pango_cairo_context_set_font_options(context, options)
    cairo_font_options_destroy(options)
    pango_context_set_round_glyph_positions(context, 0)
    // Chooses the Chinese forms of ideographs, whatever the locale; scripts that Chinese does not use are not touched.
    pango_context_set_language(context, pango_language_from_string("zh-cn"))
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR)
    return context
  }

  deinit {
    if let carried { g_object_unref(UnsafeMutableRawPointer(carried)) }
    g_object_unref(UnsafeMutableRawPointer(machine))
  }

  /// Hands a layout of one line to `body`. Never reads markup.
  func withLayout<Result>(_ text: String, _ font: DisplayList.Font, _ body: (OpaquePointer) -> Result) -> Result {
    let clean = drawable(text)
    if let carried, font.family.hasPrefix(FigureFonts.family) {
      let layout = layout(clean, font, carried)
      defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
      if pango_layout_get_unknown_glyphs_count(layout) == 0 { return body(layout) }
    }
    let layout = layout(clean, font, machine)
    defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
    return body(layout)
  }

  /// Whether a text is drawn with the carried font alone.
  func isCarried(_ text: String, _ font: DisplayList.Font) -> Bool {
    guard let carried, font.family.hasPrefix(FigureFonts.family) else { return false }
    let layout = layout(drawable(text), font, carried)
    defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
    return pango_layout_get_unknown_glyphs_count(layout) == 0
  }

  private func layout(_ text: String, _ font: DisplayList.Font, _ context: OpaquePointer) -> OpaquePointer {
    let layout = pango_layout_new(context)!
    let description = pango_font_description_new()
    pango_font_description_set_family(description, drawable(font.family))
    pango_font_description_set_absolute_size(description, font.size * Double(PANGO_SCALE))
    pango_font_description_set_weight(description, font.weight == .bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
    pango_layout_set_font_description(layout, description)
    pango_font_description_free(description)
    pango_layout_set_single_paragraph_mode(layout, 1)
    pango_layout_set_auto_dir(layout, 0)
    pango_layout_set_text(layout, text, Int32(text.utf8.count))
    return layout
  }

  /// In points.
  func width(_ layout: OpaquePointer) -> Double {
    var extents = PangoRectangle()
    pango_layout_get_extents(layout, nil, &extents)
    return Double(extents.width) / Double(PANGO_SCALE)
  }
}

extension TextMeasure {
  /// As the renderer draws it: Pango, with the carried font or, where it has not all characters, those of this machine.
  public static let pango = TextMeasure { text, font in
    guard font.size > 0, font.size <= 1000 else { return 0 }
    let pango = PangoText()
    return pango.withLayout(text, font) { pango.width($0) }
  }
}
