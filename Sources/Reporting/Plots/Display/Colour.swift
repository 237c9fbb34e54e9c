internal import Foundation

/// An sRGB colour of eight bits a channel, written `#RRGGBB` or, where not opaque, `#RRGGBBAA`.
public struct Colour: Sendable, Hashable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8
  public var alpha: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// An opaque colour from 0xRRGGBB.
  public init(_ hex: UInt32) {
    precondition(hex <= 0xFFFFFF, "a colour is 0x000000 to 0xFFFFFF, not \(String(hex, radix: 16))")
    self.init(red: UInt8(hex >> 16), green: UInt8(hex >> 8 & 0xFF), blue: UInt8(hex & 0xFF))
  }

  /// The ratio of luminances, 1 to 21, as WCAG 2 defines it; alpha is not looked at.
  public func contrast(with other: Colour) -> Double {
    let (a, b) = (relativeLuminance, other.relativeLuminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// Luminance between black 0 and white 1 (WCAG 2, "relative luminance").
  public var relativeLuminance: Double {
    func linear(_ channel: UInt8) -> Double {
      let value = Double(channel) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// The colour, darkened as little as is needed for small text on `background`.
  public func readable(on background: Colour = .white, contrast wanted: Double = 4.5) -> Colour {
    var colour = self
    while colour.contrast(with: background) < wanted, colour.red > 0 || colour.green > 0 || colour.blue > 0 {
      colour.red = UInt8(Double(colour.red) * 0.97)
      colour.green = UInt8(Double(colour.green) * 0.97)
      colour.blue = UInt8(Double(colour.blue) * 0.97)
    }
    return colour
  }

  public static let white = Colour(0xFFFFFF)
  public static let black = Colour(0x000000)
}

extension Colour: CustomStringConvertible {
  public var description: String {
    let channels = alpha == 255 ? [red, green, blue] : [red, green, blue, alpha]
    return "#" + channels.map { String(format: "%02X", $0) }.joined()
  }
}

extension Colour: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    let digits = text.dropFirst()
    guard text.first == "#", digits.count == 6 || digits.count == 8, digits.allSatisfy(\.isASCII),
      digits.allSatisfy(\.isHexDigit), let bits = UInt32(digits, radix: 16)
    else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a colour is #RRGGBB or #RRGGBBAA")
    }
    self.init(digits.count == 6 ? bits : bits >> 8)
    if digits.count == 8 { alpha = UInt8(bits & 0xFF) }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
