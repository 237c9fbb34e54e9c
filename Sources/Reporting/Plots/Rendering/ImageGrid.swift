internal import CPangoCairo
public import Foundation

/// Small images in rows, each with lines of text below it; a row may have a name.
public struct ImageGrid: Sendable {
  /// One image and what is said of it.
  public struct Cell: Sendable {
    /// In pixels.
    public var width: Int
    /// In pixels.
    public var height: Int
    /// `[channels, height, width]`, 1 or 3 channels.
    public var pixels: [UInt8]
    /// Below it, a line each; what is too long is cut.
    public var caption: [String]

    /// An image by its planes.
    public init(width: Int, height: Int, pixels: [UInt8], caption: [String] = []) {
      precondition(
        width > 0 && height > 0 && (pixels.count == width * height || pixels.count == 3 * width * height),
        "\(pixels.count) bytes are no image of \(width)x\(height)")
      self.width = width
      self.height = height
      self.pixels = pixels
      self.caption = caption
    }
  }

  /// Images side by side.
  public struct Row: Sendable {
    /// At the row's left end.
    public var name: String
    /// From left to right.
    public var cells: [Cell]

    /// A row; without a name where the cells have captions.
    public init(name: String = "", cells: [Cell]) {
      self.name = name
      self.cells = cells
    }
  }

  /// Above all.
  public var title: String
  /// Below the title.
  public var subtitle: String
  /// From top to bottom.
  public var rows: [Row]
  /// Of an image's longer side, in points.
  public var cellSide: Double

  /// A grid of rows.
  public init(title: String, subtitle: String = "", rows: [Row], cellSide: Double) {
    self.title = title
    self.subtitle = subtitle
    self.rows = rows
    self.cellSide = cellSide
  }

  /// A grid of cells that are put into rows of `columns`.
  public init(title: String, subtitle: String = "", cells: [Cell], columns: Int, cellSide: Double) {
    let rows = stride(from: 0, to: cells.count, by: columns).map {
      Row(cells: Array(cells[$0..<min($0 + columns, cells.count)]))
    }
    self.init(title: title, subtitle: subtitle, rows: rows, cellSide: cellSide)
  }

  /// The text of the drawing, and where the images go.
  func layout() -> (list: DisplayList, places: [(cell: Cell, rect: DisplayList.Rect)]) {
    var canvas = Canvas(style: FigureStyle(), measure: .pango)
    let (margin, gap, line) = (12.0, 10.0, 13.0)
    let lines = rows.flatMap(\.cells).map(\.caption.count).max() ?? 0
    let names = rows.map { canvas.width($0.name, .label) }.max() ?? 0
    let left = margin + (names > 0 ? min(names, 160) + gap : 0)
    let columns = rows.map(\.cells.count).max() ?? 0
    let words = max(canvas.width(title, .title), canvas.width(subtitle, .label))
    let width = max(left + Double(columns) * (cellSide + gap) - gap + margin, min(words, 640) + 2 * margin)
    var y = margin
    for (text, role) in [(title, Canvas.Role.title), (subtitle, .label)] where !text.isEmpty {
      canvas.write(canvas.elided(text, to: width - 2 * margin, role), x: margin, baseline: y + 12, role)
      y += 18
    }
    y += 4
    var places: [(cell: Cell, rect: DisplayList.Rect)] = []
    for row in rows {
      canvas.write(
        canvas.elided(row.name, to: 160, .label), x: left - gap, middle: y + cellSide / 2, .label, anchor: .end)
      for (column, cell) in row.cells.enumerated() {
        let x = left + Double(column) * (cellSide + gap)
        let longer = Double(max(cell.width, cell.height))
        let size = (width: cellSide * Double(cell.width) / longer, height: cellSide * Double(cell.height) / longer)
        places.append(
          (
            cell,
            DisplayList.Rect(
              x: x + (cellSide - size.width) / 2, y: y + (cellSide - size.height) / 2, width: size.width,
              height: size.height)
          ))
        for (index, text) in cell.caption.enumerated() {
          canvas.write(
            canvas.elided(text, to: cellSide + gap - 4, .tick), x: x + cellSide / 2,
            baseline: y + cellSide + 11 + Double(index) * line, .tick, anchor: .middle,
            color: index == 0 ? canvas.palette.ink : nil)
        }
      }
      y += cellSide + Double(lines) * line + gap
    }
    return (canvas.list(width: width.rounded(.up), height: y - gap + margin), places)
  }
}

/// Draws a grid of images and returns a PNG file; small images keep their pixels visible.
///
/// - Throws: `PlotError` as ``renderPNG(_:scale:text:)-(DisplayList,_,_)`` does.
public func renderPNG(
  _ grid: ImageGrid, scale: Double = 2, text: [(keyword: String, value: String)] = []
) throws(PlotError) -> Data {
  let (list, places) = grid.layout()
  try list.check()
  let (width, height) = (Int((list.size.width * scale).rounded(.up)), Int((list.size.height * scale).rounded(.up)))
  guard width <= pixelSideLimit, height <= pixelSideLimit, width * height <= pixelLimit else {
    throw .pixels(width: width, height: height, limit: pixelLimit)
  }
  let surface = try CairoSurface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)))
  try surface.draw(list, scale: scale)
  let cairo = cairo_create(surface.surface)
  defer { cairo_destroy(cairo) }
  cairo_scale(cairo, scale, scale)
  for (cell, rect) in places { try paint(cell, rect, cairo) }
  try checkStatus(cairo_status(cairo), "the images")
  return try insertPNGText(text, into: try surface.png())
}

private func paint(_ cell: ImageGrid.Cell, _ rect: DisplayList.Rect, _ cairo: OpaquePointer?) throws(PlotError) {
  guard let image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(cell.width), Int32(cell.height)) else {
    throw .drawing(operation: "an image", status: "out of memory")
  }
  defer { cairo_surface_destroy(image) }
  try checkStatus(cairo_surface_status(image), "an image")
  guard let target = cairo_image_surface_get_data(image) else {
    throw .drawing(operation: "an image", status: "no pixels")
  }
  let stride = Int(cairo_image_surface_get_stride(image))
  let plane = cell.width * cell.height
  let isColor = cell.pixels.count == 3 * plane
  for y in 0..<cell.height {
    let row = UnsafeMutableRawPointer(target + y * stride)
    for x in 0..<cell.width {
      let pixel = y * cell.width + x
      let red = UInt32(cell.pixels[pixel])
      let green = isColor ? UInt32(cell.pixels[plane + pixel]) : red
      let blue = isColor ? UInt32(cell.pixels[2 * plane + pixel]) : red
      row.storeBytes(of: red << 16 | green << 8 | blue, toByteOffset: 4 * x, as: UInt32.self)
    }
  }
  cairo_surface_mark_dirty(image)
  cairo_save(cairo)
  cairo_translate(cairo, rect.x, rect.y)
  cairo_scale(cairo, rect.width / Double(cell.width), rect.height / Double(cell.height))
  cairo_set_source_surface(cairo, image, 0, 0)
  // Pixels stay squares; a photo is made smaller smoothly.
  cairo_pattern_set_filter(cairo_get_source(cairo), cell.width <= 128 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD)
  cairo_rectangle(cairo, 0, 0, Double(cell.width), Double(cell.height))
  cairo_fill(cairo)
  cairo_restore(cairo)
}
