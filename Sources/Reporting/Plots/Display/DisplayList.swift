/// A drawing as a value: what is where, in points, painted in order.
///
/// The origin is the upper left corner, y grows downwards. A list can be printed, compared, stored and tested
/// without drawing; `renderPNG` draws it.
public struct DisplayList: Sendable, Hashable, Codable {
  /// Of the whole drawing.
  public var size: Size
  /// Fills the whole size before the first item. Opaque, so that figures read on pages of any color.
  public var background: Color
  /// In the order they are painted.
  public var items: [Item]

  /// A drawing of items over a background.
  public init(size: Size, background: Color = .white, items: [Item] = []) {
    self.size = size
    self.background = background
    self.items = items
  }

  /// Width and height in points (1/72 inch; one CSS pixel on a web page).
  public struct Size: Sendable, Hashable, Codable {
    /// In points.
    public var width: Double
    /// In points.
    public var height: Double

    /// A size in points.
    public init(width: Double, height: Double) {
      self.width = width
      self.height = height
    }
  }

  /// A position in the drawing; coded as `[x, y]`.
  public struct Point: Sendable, Hashable {
    /// From the left edge.
    public var x: Double
    /// From the upper edge.
    public var y: Double

    /// A position in points.
    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// A rectangle with sides along the axes; coded as `[x, y, width, height]`.
  public struct Rect: Sendable, Hashable {
    /// Of the left side.
    public var x: Double
    /// Of the upper side.
    public var y: Double
    /// Never negative in a list that can be drawn.
    public var width: Double
    /// Never negative in a list that can be drawn.
    public var height: Double

    /// A rectangle by its upper left corner and size.
    public init(x: Double, y: Double, width: Double, height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }

    /// Of the right side.
    public var maxX: Double { x + width }
    /// Of the lower side.
    public var maxY: Double { y + height }
  }
}

extension DisplayList.Point: Codable {
  /// Reads `[x, y]`.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    self.init(x: try container.decode(Double.self), y: try container.decode(Double.self))
  }

  /// Writes an array of numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for value in [x, y] { try container.encode(value) }
  }
}

extension DisplayList.Rect: Codable {
  /// Reads `[x, y, width, height]`.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    self.init(
      x: try container.decode(Double.self), y: try container.decode(Double.self),
      width: try container.decode(Double.self), height: try container.decode(Double.self))
  }

  /// Writes an array of numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for value in [x, y, width, height] { try container.encode(value) }
  }
}
