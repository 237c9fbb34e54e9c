internal import CPangoCairo
public import Foundation

/// Scales of rendering: pixels for one point.
public let renderingScales: ClosedRange<Double> = 0.25...8

let pixelLimit = 64_000_000
let pixelSideLimit = 32_000

/// Draws a display list and returns a PNG file.
///
/// The same list gives the same bytes with the same fonts and versions of Cairo and Pango (see `fontReport(for:)`).
///
/// - Parameters:
///   - list: what is drawn.
///   - scale: pixels for one point; 2 is sharp on a dense screen when shown at the list's size.
///   - text: keywords and values that the file carries, read again by `readPNGText`.
/// - Throws: `PlotError.size`, `.scale`, `.pixels`, `.tooMany` or `.item` before anything is allocated, `.drawing`
///   when a library refuses, `.png` for a keyword that cannot be written.
public func renderPNG(
  _ list: DisplayList, scale: Double = 2, text: [(keyword: String, value: String)] = []
) throws(PlotError) -> Data {
  try list.check()
  guard renderingScales.contains(scale) else { throw .scale(scale, allowed: renderingScales) }
  let (width, height) = (Int((list.size.width * scale).rounded(.up)), Int((list.size.height * scale).rounded(.up)))
  guard width <= pixelSideLimit, height <= pixelSideLimit, width * height <= pixelLimit else {
    throw .pixels(width: width, height: height, limit: pixelLimit)
  }
  let surface = try CairoSurface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)))
  try surface.draw(list, scale: scale)
  return try insertPNGText(text, into: try surface.png())
}

extension CairoSurface {
  func png() throws(PlotError) -> Data {
    cairo_surface_flush(surface)
    var bytes = Data()
    let status = withUnsafeMutablePointer(to: &bytes) { cairo_surface_write_to_png_stream(surface, appendBytes, $0) }
    try checkStatus(status, "writing the PNG")
    return bytes
  }
}
