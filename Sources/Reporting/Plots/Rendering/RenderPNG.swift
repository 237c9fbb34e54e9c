internal import CPangoCairo
public import Foundation
internal import Images

/// Scales of rendering: pixels for one point.
public let renderingScales: ClosedRange<Double> = 0.25...8

let pixelLimit = 64_000_000
let pixelSideLimit = 32_000

/// Draws a display list and returns a PNG file.
///
/// The same list gives the same bytes with the same fonts and versions of Cairo, Pango and libpng (see `fontReport(for:)`).
/// Its file has a palette where 256 colors are enough, for blends at the edges of lines and letters nearly so; images in it keep
/// every color.
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
  let hasImage = list.items.contains { if case .image = $0 { true } else { false } }
  return try insertPNGText(text, into: try surface.png(tolerance: hasImage ? 0 : IndexedImage.blendTolerance))
}

extension CairoSurface {
  /// A PNG file of an RGB24 surface, whose colors change by at most `tolerance` of 255.
  func png(tolerance: Int) throws(PlotError) -> Data {
    cairo_surface_flush(surface)
    if let image = indexed(tolerance: tolerance) {
      do { return try encodePNG(width: image.width, indices: image.indices, colors: image.colors) } catch {
        throw .drawing(operation: "writing the PNG", status: "\(error)")
      }
    }
    var bytes = Data()
    let status = withUnsafeMutablePointer(to: &bytes) { cairo_surface_write_to_png_stream(surface, appendBytes, $0) }
    try checkStatus(status, "writing the PNG")
    return bytes
  }

  private func indexed(tolerance: Int) -> IndexedImage? {
    let (width, height) = (cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface))
    let stride = Int(cairo_image_surface_get_stride(surface)) / 4
    guard let bytes = cairo_image_surface_get_data(surface) else { return nil }
    return bytes.withMemoryRebound(to: UInt32.self, capacity: stride * Int(height)) { rows in
      IndexedImage(rows: rows, width: Int(width), height: Int(height), stride: stride, tolerance: tolerance)
    }
  }
}
