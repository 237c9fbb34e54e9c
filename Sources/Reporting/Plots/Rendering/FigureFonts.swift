internal import CFigureFonts
internal import CPangoCairo
internal import Foundation

/// The font that vgglab carries, which makes figures the same on machines with other fonts.
///
/// Fontconfig reads fonts from files, so that it gets two in memory, by their descriptors. It knows no other font here, and
/// none of the machine's rules.
enum FigureFonts {
  /// The family's name; the first of a style's families for figures that are drawn with it.
  static let family = "vgglab Sans"

  /// Fontconfig's configuration with the carried fonts alone; nil where the system has no files in memory.
  nonisolated(unsafe) private static let configuration: OpaquePointer? = {
    guard let configuration = FcConfigCreate() else { return nil }
    for bold: Int32 in [0, 1] {
      // Open until the program ends: the font is read when it is first drawn with.
      let descriptor = figure_font_descriptor(bold)
      guard descriptor >= 0, FcConfigAppFontAddFile(configuration, "/proc/self/fd/\(descriptor)") != 0 else {
        FcConfigDestroy(configuration)
        return nil
      }
    }
    return configuration
  }()

  /// A font map of Pango's with the carried font alone, for the calling thread; nil where it cannot be made.
  ///
  /// Pango's objects are not shared between threads.
  static func map() -> UnsafeMutablePointer<PangoFontMap>? {
    let threads = Thread.current.threadDictionary
    if let known = threads[key] as? Map { return known.pointer }
    guard let configuration, let pointer = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT) else {
      return nil
    }
    pango_fc_font_map_set_config(OpaquePointer(pointer), configuration)
    threads[key] = Map(pointer)
    return pointer
  }

  private static let key = "vgglab.figureFonts"

  private final class Map {
    let pointer: UnsafeMutablePointer<PangoFontMap>

    init(_ pointer: UnsafeMutablePointer<PangoFontMap>) { self.pointer = pointer }

    deinit { g_object_unref(UnsafeMutableRawPointer(pointer)) }
  }
}
