internal import CPangoCairo
internal import Foundation

/// What is drawn on, pixels or a vector file, and the state of drawing on it; used inside one call.
final class CairoSurface {
  let surface: OpaquePointer
  private let cairo: OpaquePointer

  /// Takes over a surface that Cairo has just made.
  init(_ made: OpaquePointer?) throws(PlotError) {
    guard let made, let context = cairo_create(made) else {
      throw .drawing(operation: "a surface", status: "out of memory")
    }
    surface = made
    cairo = context
    // A surface that could not be made gives a context in the same error state.
    try check("a surface")
  }

  deinit {
    cairo_destroy(cairo)
    cairo_surface_destroy(surface)
  }

  private func check(_ operation: @autoclosure () -> String) throws(PlotError) {
    try checkStatus(cairo_status(cairo), operation())
  }

  func draw(_ list: DisplayList, scale: Double) throws(PlotError) {
    setColor(list.background)
    cairo_paint(cairo)
    cairo_scale(cairo, scale, scale)
    try check("the background")
    let pango = PangoText()
    for (index, item) in list.items.enumerated() {
      cairo_save(cairo)
      switch item {
      case .rectangle(let item):
        path(item.rect)
        setColor(item.fill)
        cairo_fill(cairo)
      case .polyline(let item): stroke(item)
      case .polygon(let item): draw(item)
      case .circle(let item): draw(item)
      case .text(let item): draw(item, pango)
      case .image(let item): try draw(item)
      }
      cairo_restore(cairo)
      try check("item \(index)")
    }
  }

  private func path(_ rect: DisplayList.Rect) {
    cairo_rectangle(cairo, rect.x, rect.y, rect.width, rect.height)
  }

  private func clip(_ rect: DisplayList.Rect?) {
    guard let rect else { return }
    path(rect)
    cairo_clip(cairo)
  }

  private func stroke(_ line: DisplayList.Polyline) {
    guard let first = line.points.first else { return }
    clip(line.clip)
    cairo_move_to(cairo, first.x, first.y)
    for point in line.points.dropFirst() { cairo_line_to(cairo, point.x, point.y) }
    setColor(line.color)
    cairo_set_line_width(cairo, line.width)
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND)
    // Dashes keep their lengths, and lines of two points (axes) their ends.
    let isCurve = line.dash.isEmpty && line.points.count > 2
    cairo_set_line_cap(cairo, isCurve ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
    cairo_set_dash(cairo, line.dash, Int32(line.dash.count), 0)
    cairo_stroke(cairo)
  }

  private func draw(_ circle: DisplayList.Circle) {
    clip(circle.clip)
    // A text before it left a current point, which the arc would be joined to.
    cairo_new_path(cairo)
    cairo_arc(cairo, circle.center.x, circle.center.y, circle.radius, 0, 2 * Double.pi)
    paint(fill: circle.fill, stroke: circle.stroke, width: circle.strokeWidth)
  }

  private func draw(_ polygon: DisplayList.Polygon) {
    guard let first = polygon.points.first else { return }
    clip(polygon.clip)
    cairo_new_path(cairo)
    cairo_move_to(cairo, first.x, first.y)
    for point in polygon.points.dropFirst() { cairo_line_to(cairo, point.x, point.y) }
    cairo_close_path(cairo)
    paint(fill: polygon.fill, stroke: polygon.stroke, width: polygon.strokeWidth)
  }

  /// Fills and strokes the current path, and ends it.
  private func paint(fill: Color?, stroke: Color?, width: Double) {
    if let fill {
      setColor(fill)
      cairo_fill_preserve(cairo)
    }
    if let stroke, width > 0 {
      setColor(stroke)
      cairo_set_line_width(cairo, width)
      cairo_stroke_preserve(cairo)
    }
    cairo_new_path(cairo)
  }

  private func draw(_ text: DisplayList.Text, _ pango: PangoText) {
    cairo_translate(cairo, text.position.x, text.position.y)
    if text.rotation != 0 { cairo_rotate(cairo, text.rotation * Double.pi / 180) }
    setColor(text.color)
    pango.withLayout(text.text, text.font) { layout in
      pango_cairo_update_layout(cairo, layout)
      let width = pango.width(layout)
      let offset =
        switch text.anchor {
        case .start: 0.0
        case .middle: -width / 2
        case .end: -width
        }
      cairo_move_to(cairo, offset, 0)
      if let line = pango_layout_get_line_readonly(layout, 0) {
        pango_cairo_show_layout_line(cairo, line)
      }
    }
  }

  private func draw(_ item: DisplayList.Image) throws(PlotError) {
    let (width, height) = (item.width, item.height)
    guard let image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)) else {
      throw .drawing(operation: "an image", status: "out of memory")
    }
    defer { cairo_surface_destroy(image) }
    try checkStatus(cairo_surface_status(image), "an image")
    guard let target = cairo_image_surface_get_data(image) else {
      throw .drawing(operation: "an image", status: "no pixels")
    }
    let stride = Int(cairo_image_surface_get_stride(image))
    let plane = width * height
    let isColor = item.pixels.count == 3 * plane
    for y in 0..<height {
      let row = UnsafeMutableRawPointer(target + y * stride)
      for x in 0..<width {
        let pixel = y * width + x
        let red = UInt32(item.pixels[pixel])
        let green = isColor ? UInt32(item.pixels[plane + pixel]) : red
        let blue = isColor ? UInt32(item.pixels[2 * plane + pixel]) : red
        row.storeBytes(of: red << 16 | green << 8 | blue, toByteOffset: 4 * x, as: UInt32.self)
      }
    }
    cairo_surface_mark_dirty(image)
    cairo_translate(cairo, item.rect.x, item.rect.y)
    cairo_scale(cairo, item.rect.width / Double(width), item.rect.height / Double(height))
    cairo_set_source_surface(cairo, image, 0, 0)
    // Pixels stay squares; a photo is made smaller smoothly.
    cairo_pattern_set_filter(cairo_get_source(cairo), width <= 128 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD)
    cairo_rectangle(cairo, 0, 0, Double(width), Double(height))
    cairo_fill(cairo)
  }

  private func setColor(_ color: Color) {
    cairo_set_source_rgba(
      cairo, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255,
      Double(color.alpha) / 255)
  }
}

/// A stream for Cairo that appends to the `Data` behind its closure.
let appendBytes: cairo_write_func_t = { sink, bytes, count in
  guard let sink, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
  sink.assumingMemoryBound(to: Data.self).pointee.append(bytes, count: Int(count))
  return CAIRO_STATUS_SUCCESS
}

func checkStatus(_ status: cairo_status_t, _ operation: @autoclosure () -> String) throws(PlotError) {
  if status != CAIRO_STATUS_SUCCESS {
    throw .drawing(operation: operation(), status: String(cString: cairo_status_to_string(status)))
  }
}
