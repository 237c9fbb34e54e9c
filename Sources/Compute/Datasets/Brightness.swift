public import Images

/// How bright images are, as a whole and at their edges, 0 to 255.
public struct Brightness: Sendable, Hashable {
  /// The mean of all pixels.
  public var mean: Double
  /// The mean of the pixels of the outermost rows and columns: the background, mostly.
  public var borderMean: Double

  /// Known means.
  public init(mean: Double, borderMean: Double) {
    self.mean = mean
    self.borderMean = borderMean
  }

  /// Of the first images of a set; a thousand say enough.
  public init(of set: ImageSet, limit: Int = 1000) {
    let count = min(limit, set.count)
    self = Self.mean(set.pixels.prefix(count * set.imageBytes), set.height, set.width)
  }

  /// Of one image.
  public init(of image: PixelImage) { self = Self.mean(image.pixels[...], image.height, image.width) }

  /// pixels `[planes, height, width]`.
  private static func mean(_ pixels: ArraySlice<UInt8>, _ height: Int, _ width: Int) -> Brightness {
    let planes = pixels.count / (height * width)
    guard planes > 0 else { return Brightness(mean: 0, borderMean: 0) }
    var (all, border) = (0, 0)
    pixels.withUnsafeBufferPointer { pixels in
      for row in 0..<planes * height {
        let y = row % height
        for x in 0..<width {
          let value = Int(pixels[row * width + x])
          all += value
          if y == 0 || y == height - 1 || x == 0 || x == width - 1 { border += value }
        }
      }
    }
    let inside = max(0, height - 2) * max(0, width - 2)
    return Brightness(
      mean: Double(all) / Double(pixels.count),
      borderMean: Double(border) / Double(planes * (height * width - inside)))
  }
}
