extension DisplayList {
  /// One thing that is painted.
  public enum Item: Sendable, Hashable {
    case rectangle(Rectangle)
    case polyline(Polyline)
    case polygon(Polygon)
    case circle(Circle)
    case text(Text)
    case image(Image)
  }

  /// A small image whose pixels stay visible as squares.
  public struct Image: Sendable, Hashable, Codable {
    /// Where it is; its sides need not be those of the image.
    public var rect: Rect
    /// Columns of pixels.
    public var width: Int
    /// Rows of pixels.
    public var height: Int
    /// `[channels, height, width]`, 1 or 3 channels, 0 dark to 255 bright.
    public var pixels: [UInt8]

    /// An image by its planes.
    public init(rect: Rect, width: Int, height: Int, pixels: [UInt8]) {
      self.rect = rect
      self.width = width
      self.height = height
      self.pixels = pixels
    }
  }

  /// A filled rectangle.
  public struct Rectangle: Sendable, Hashable, Codable {
    /// What is filled.
    public var rect: Rect
    /// With which color.
    public var fill: Color

    /// A rectangle of one color.
    public init(rect: Rect, fill: Color) {
      self.rect = rect
      self.fill = fill
    }
  }

  /// A stroked line through points.
  public struct Polyline: Sendable, Hashable, Codable {
    /// In the order they are joined.
    public var points: [Point]
    /// Of the stroke.
    public var color: Color
    /// Of the stroke, in points.
    public var width: Double
    /// Lengths of ink and gap in turn, in points; empty for a solid line.
    public var dash: [Double]
    /// Nothing is drawn outside; nil for no limit.
    public var clip: Rect?

    /// A stroke of one color and width.
    public init(points: [Point], color: Color, width: Double, dash: [Double] = [], clip: Rect? = nil) {
      self.points = points
      self.color = color
      self.width = width
      self.dash = dash
      self.clip = clip
    }
  }

  /// A closed shape, filled, stroked or both.
  public struct Polygon: Sendable, Hashable, Codable {
    /// The corners in order; the last is joined to the first.
    public var points: [Point]
    /// Nil for no fill.
    public var fill: Color?
    /// Nil for no outline.
    public var stroke: Color?
    /// Of the outline, in points.
    public var strokeWidth: Double
    /// Nothing is drawn outside; nil for no limit.
    public var clip: Rect?

    /// A shape by its corners.
    public init(
      points: [Point], fill: Color?, stroke: Color? = nil, strokeWidth: Double = 0, clip: Rect? = nil
    ) {
      self.points = points
      self.fill = fill
      self.stroke = stroke
      self.strokeWidth = strokeWidth
      self.clip = clip
    }
  }

  /// A disc, a ring or both.
  public struct Circle: Sendable, Hashable, Codable {
    /// In the drawing.
    public var center: Point
    /// Of the disc, and of the middle of the ring's stroke.
    public var radius: Double
    /// Nil for no disc.
    public var fill: Color?
    /// Nil for no ring.
    public var stroke: Color?
    /// Of the ring, in points.
    public var strokeWidth: Double
    /// Nothing is drawn outside; nil for no limit.
    public var clip: Rect?

    /// A disc, a ring or both about a center.
    public init(
      center: Point, radius: Double, fill: Color?, stroke: Color? = nil, strokeWidth: Double = 0, clip: Rect? = nil
    ) {
      self.center = center
      self.radius = radius
      self.fill = fill
      self.stroke = stroke
      self.strokeWidth = strokeWidth
      self.clip = clip
    }
  }

  /// One line of plain text; nothing in it is read as markup.
  public struct Text: Sendable, Hashable, Codable {
    /// What is written.
    public var text: String
    /// The end of the baseline that `anchor` names.
    public var position: Point
    /// Which end of the baseline `position` is.
    public var anchor: Anchor
    /// With what it is written.
    public var font: Font
    /// Of the letters.
    public var color: Color
    /// Clockwise about `position`, in degrees.
    public var rotation: Double

    /// A line of text at a position.
    public init(
      text: String, position: Point, anchor: Anchor = .start, font: Font, color: Color, rotation: Double = 0
    ) {
      self.text = text
      self.position = position
      self.anchor = anchor
      self.font = font
      self.color = color
      self.rotation = rotation
    }
  }

  /// Which part of a text is at its position.
  public enum Anchor: String, Sendable, Hashable, Codable {
    case start, middle, end
  }

  /// With what a text is written.
  public struct Font: Sendable, Hashable, Codable {
    /// Families in order of preference, divided by commas.
    public var family: String
    /// Of the em square, in points.
    public var size: Double
    /// Regular or bold.
    public var weight: Weight

    /// A font by its families, size and weight.
    public init(family: String, size: Double, weight: Weight = .regular) {
      self.family = family
      self.size = size
      self.weight = weight
    }
  }

  /// How heavy a font is.
  public enum Weight: String, Sendable, Hashable, Codable {
    case regular, bold
  }
}

extension DisplayList.Item: Codable {
  private enum Kind: String, CodingKey, CaseIterable {
    case rectangle, polyline, polygon, circle, text, image
  }

  /// Reads an object with one key: the item's kind.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    guard container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "an item has one key: its kind"))
    }
    switch container.allKeys[0] {
    case .rectangle: self = .rectangle(try container.decode(DisplayList.Rectangle.self, forKey: .rectangle))
    case .polyline: self = .polyline(try container.decode(DisplayList.Polyline.self, forKey: .polyline))
    case .polygon: self = .polygon(try container.decode(DisplayList.Polygon.self, forKey: .polygon))
    case .circle: self = .circle(try container.decode(DisplayList.Circle.self, forKey: .circle))
    case .text: self = .text(try container.decode(DisplayList.Text.self, forKey: .text))
    case .image: self = .image(try container.decode(DisplayList.Image.self, forKey: .image))
    }
  }

  /// Writes an object with one key: the item's kind.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    switch self {
    case .rectangle(let item): try container.encode(item, forKey: .rectangle)
    case .polyline(let item): try container.encode(item, forKey: .polyline)
    case .polygon(let item): try container.encode(item, forKey: .polygon)
    case .circle(let item): try container.encode(item, forKey: .circle)
    case .text(let item): try container.encode(item, forKey: .text)
    case .image(let item): try container.encode(item, forKey: .image)
    }
  }
}
