internal import CPangoCairo
public import Foundation

/// Files whose figures stay sharp at any size.
public enum VectorFormat: String, Sendable, Hashable, CaseIterable {
  case svg, pdf
}

/// Draws a display list as SVG or PDF, its size in points; the text of a PDF stays text, that of an SVG becomes outlines.
///
/// The same list gives the same bytes with the same fonts and versions of Cairo and Pango: a PDF carries no date.
///
/// - Throws: `PlotError.size`, `.tooMany` or `.item` before anything is drawn, `.drawing` when a library refuses.
public func renderVector(_ list: DisplayList, _ format: VectorFormat) throws(PlotError) -> Data {
  try list.check()
  // On the heap: Cairo writes to it until the surface is finished.
  let sink = UnsafeMutablePointer<Data>.allocate(capacity: 1)
  sink.initialize(to: Data())
  defer {
    sink.deinitialize(count: 1)
    sink.deallocate()
  }
  let (width, height) = (list.size.width, list.size.height)
  let made: OpaquePointer?
  switch format {
  case .svg:
    made = cairo_svg_surface_create_for_stream(appendBytes, sink, width, height)
    cairo_svg_surface_set_document_unit(made, CAIRO_SVG_UNIT_PT)
  case .pdf:
    made = cairo_pdf_surface_create_for_stream(appendBytes, sink, width, height)
    // A fixed date instead of the clock's, which would make each file another.
    cairo_pdf_surface_set_metadata(made, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z")
  }
  let surface = try CairoSurface(made)
  try surface.draw(list, scale: 1)
  cairo_surface_finish(surface.surface)
  try checkStatus(cairo_surface_status(surface.surface), "writing the \(format.rawValue.uppercased())")
  return format == .svg ? withoutNumber(sink.pointee) : sink.pointee
}

/// Cairo numbers its surfaces through a process, and names an SVG's outermost group and its images by that. Here they are
/// numbered through the file.
private func withoutNumber(_ svg: Data) -> Data {
  var text = String(decoding: svg, as: UTF8.self)
  text.replace(/id="surface[0-9]+"/) { _ in #"id="figure""# }
  var places: [Substring: Int] = [:]
  text.replace(/(?<lead>id="|#)(?<kind>image|source|mask)(?<dash>-?)(?<number>[0-9]+)(?<end>["\)])/) { match in
    let place = places[match.number] ?? places.count
    places[match.number] = place
    return "\(match.lead)\(match.kind)\(match.dash)\(place)\(match.end)"
  }
  return Data(text.utf8)
}
