internal import Foundation

/// An sRGB color of eight bits a channel, written `#RRGGBB` or, where not opaque, `#RRGGBBAA`.
public struct Color: Sendable, Hashable {
  /// 0 to 255.
  public var red: UInt8
  /// 0 to 255.
  public var green: UInt8
  /// 0 to 255.
  public var blue: UInt8
  /// 0 is invisible, 255 opaque.
  public var alpha: UInt8

  /// A color by its channels.
  public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// An opaque color from 0xRRGGBB.
  public init(_ hex: UInt32) {
    precondition(hex <= 0xFFFFFF, "a color is 0x000000 to 0xFFFFFF, not \(String(hex, radix: 16))")
    self.init(red: UInt8(hex >> 16), green: UInt8(hex >> 8 & 0xFF), blue: UInt8(hex & 0xFF))
  }

  /// The ratio of luminances, 1 to 21, as WCAG 2 defines it; alpha is not looked at.
  public func contrast(with other: Color) -> Double {
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

  /// The color, darkened on a light background and lightened on a dark one, as little as is needed for small text.
  public func readable(on background: Color = .white, contrast wanted: Double = 4.5) -> Color {
    // Black and white have the same contrast with a luminance of 0.18.
    let end = background.relativeLuminance > 0.18 ? 0.0 : 255
    var (channels, result) = ([red, green, blue].map(Double.init), self)
    while result.contrast(with: background) < wanted {
      channels = channels.map { $0 + (end - $0) * 0.03 }
      if channels.allSatisfy({ abs($0 - end) < 1 }) { channels = [end, end, end] }
      (result.red, result.green, result.blue) = (UInt8(channels[0]), UInt8(channels[1]), UInt8(channels[2]))
      if channels[0] == end, channels[1] == end, channels[2] == end { break }
    }
    return result
  }

  /// The color with another opacity.
  public func with(alpha: UInt8) -> Color { Color(red: red, green: green, blue: blue, alpha: alpha) }

  /// #FFFFFF.
  public static let white = Color(0xFFFFFF)
  /// #000000.
  public static let black = Color(0x000000)
}

extension Color: CustomStringConvertible {
  /// As it is written: `#RRGGBB`, or `#RRGGBBAA`.
  public var description: String {
    let channels = alpha == 255 ? [red, green, blue] : [red, green, blue, alpha]
    return "#" + channels.map { String(format: "%02X", $0) }.joined()
  }
}

extension Color: Codable {
  /// Reads `#RRGGBB` or `#RRGGBBAA`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    let digits = text.dropFirst()
    guard text.first == "#", digits.count == 6 || digits.count == 8, digits.allSatisfy(\.isASCII),
      digits.allSatisfy(\.isHexDigit), let bits = UInt32(digits, radix: 16)
    else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a color is #RRGGBB or #RRGGBBAA")
    }
    self.init(digits.count == 6 ? bits : bits >> 8)
    if digits.count == 8 { alpha = UInt8(bits & 0xFF) }
  }

  /// Writes `description`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
