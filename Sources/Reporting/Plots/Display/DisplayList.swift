/// A drawing as a value: what stands where, in points, painted in order.
///
/// The origin is the upper left corner, y grows downwards. A list can be printed, compared, stored and tested
/// without drawing; `renderPNG` draws it.
public struct DisplayList: Sendable, Hashable, Codable {
  public var size: Size
  /// Fills the whole size before the first item. Opaque, so that figures read on pages of any colour.
  public var background: Colour
  public var items: [Item]

  public init(size: Size, background: Colour = .white, items: [Item] = []) {
    self.size = size
    self.background = background
    self.items = items
  }

  /// Width and height in points (1/72 inch; one CSS pixel on a web page).
  public struct Size: Sendable, Hashable, Codable {
    public var width: Double
    public var height: Double

    public init(width: Double, height: Double) {
      self.width = width
      self.height = height
    }
  }

  /// A place in the drawing; coded as `[x, y]`.
  public struct Point: Sendable, Hashable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// A rectangle with sides along the axes; coded as `[x, y, width, height]`.
  public struct Rect: Sendable, Hashable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }

    public var maxX: Double { x + width }
    public var maxY: Double { y + height }
  }

  public enum Item: Sendable, Hashable {
    case rectangle(Rectangle)
    case polyline(Polyline)
    case circle(Circle)
    case text(Text)
  }

  /// A filled rectangle.
  public struct Rectangle: Sendable, Hashable, Codable {
    public var rect: Rect
    public var fill: Colour

    public init(rect: Rect, fill: Colour) {
      self.rect = rect
      self.fill = fill
    }
  }

  /// A stroked line through points.
  public struct Polyline: Sendable, Hashable, Codable {
    public var points: [Point]
    public var colour: Colour
    /// Of the stroke, in points.
    public var width: Double
    /// Lengths of ink and gap in turn, in points; empty for a solid line.
    public var dash: [Double]
    /// Nothing is drawn outside; nil for no limit.
    public var clip: Rect?

    public init(points: [Point], colour: Colour, width: Double, dash: [Double] = [], clip: Rect? = nil) {
      self.points = points
      self.colour = colour
      self.width = width
      self.dash = dash
      self.clip = clip
    }
  }

  /// A disc, a ring or both.
  public struct Circle: Sendable, Hashable, Codable {
    public var centre: Point
    public var radius: Double
    public var fill: Colour?
    public var stroke: Colour?
    public var strokeWidth: Double
    public var clip: Rect?

    public init(
      centre: Point, radius: Double, fill: Colour?, stroke: Colour? = nil, strokeWidth: Double = 0, clip: Rect? = nil
    ) {
      self.centre = centre
      self.radius = radius
      self.fill = fill
      self.stroke = stroke
      self.strokeWidth = strokeWidth
      self.clip = clip
    }
  }

  /// One line of plain text; nothing in it is read as markup.
  public struct Text: Sendable, Hashable, Codable {
    public var text: String
    /// The end of the baseline that `anchor` names.
    public var position: Point
    public var anchor: Anchor
    public var font: Font
    public var colour: Colour
    /// Clockwise about `position`, in degrees.
    public var rotation: Double

    public init(
      text: String, position: Point, anchor: Anchor = .start, font: Font, colour: Colour, rotation: Double = 0
    ) {
      self.text = text
      self.position = position
      self.anchor = anchor
      self.font = font
      self.colour = colour
      self.rotation = rotation
    }
  }

  public enum Anchor: String, Sendable, Hashable, Codable {
    case start, middle, end
  }

  public struct Font: Sendable, Hashable, Codable {
    /// Families in order of preference, divided by commas.
    public var family: String
    /// Of the em square, in points.
    public var size: Double
    public var weight: Weight

    public init(family: String, size: Double, weight: Weight = .regular) {
      self.family = family
      self.size = size
      self.weight = weight
    }
  }

  public enum Weight: String, Sendable, Hashable, Codable {
    case regular, bold
  }
}

extension DisplayList.Point: Codable {
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    self.init(x: try container.decode(Double.self), y: try container.decode(Double.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for value in [x, y] { try container.encode(value) }
  }
}

extension DisplayList.Rect: Codable {
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    self.init(
      x: try container.decode(Double.self), y: try container.decode(Double.self),
      width: try container.decode(Double.self), height: try container.decode(Double.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for value in [x, y, width, height] { try container.encode(value) }
  }
}

extension DisplayList.Item: Codable {
  private enum Kind: String, CodingKey, CaseIterable {
    case rectangle, polyline, circle, text
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    guard container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "an item has one key: its kind"))
    }
    switch container.allKeys[0] {
    case .rectangle: self = .rectangle(try container.decode(DisplayList.Rectangle.self, forKey: .rectangle))
    case .polyline: self = .polyline(try container.decode(DisplayList.Polyline.self, forKey: .polyline))
    case .circle: self = .circle(try container.decode(DisplayList.Circle.self, forKey: .circle))
    case .text: self = .text(try container.decode(DisplayList.Text.self, forKey: .text))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    switch self {
    case .rectangle(let item): try container.encode(item, forKey: .rectangle)
    case .polyline(let item): try container.encode(item, forKey: .polyline)
    case .circle(let item): try container.encode(item, forKey: .circle)
    case .text(let item): try container.encode(item, forKey: .text)
    }
  }
}
