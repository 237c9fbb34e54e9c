public import Foundation

/// Small images in rows, each with lines of text below it; a row may have a name.
public struct ImageGrid: Sendable, Hashable, Codable {
  /// One image and what is said of it.
  public struct Cell: Sendable, Hashable, Codable {
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
  public struct Row: Sendable, Hashable, Codable {
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
}

/// Draws a grid of images in its own width and returns a PNG file; small images keep their pixels visible.
///
/// - Throws: `PlotError` as ``renderPNG(_:scale:text:)-(DisplayList,_,_)`` does.
public func renderPNG(
  _ grid: ImageGrid, scale: Double = 2, text: [(keyword: String, value: String)] = []
) throws(PlotError) -> Data {
  let canvas = Canvas(style: FigureStyle(), measure: .pango)
  return try renderPNG(ImageGridLayout(grid, width: nil, canvas: canvas).drawn(), scale: scale, text: text)
}
