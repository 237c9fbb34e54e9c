/// The pixels of a drawing as indices into a palette: its PNG is about a third as large as with three bytes a pixel.
///
/// Every frequent color is in the palette as it is. Of the others, which are the blends at the edges of lines and letters, those are
/// in it that lie farthest from all that are, and what remains takes the color that is nearest.
struct IndexedImage: Hashable, Sendable {
  /// At most 256, of `0xRRGGBB`.
  var colors: [UInt32]
  /// `[height, width]`.
  var indices: [UInt8]
  var width: Int

  static let colorLimit = 256
  /// Colors that are in the palette because they are the most frequent.
  static let frequentColors = 32
  /// By how much of 255 red, green and blue of a blend may change: nobody sees it.
  static let blendTolerance = 16
  /// An image with more different colors is a photograph or the like.
  static let differentColorLimit = 4096

  /// Nil where 256 colors do not do. `rows` are pixels of `0x??RRGGBB`, `stride` pixels from one to the next; red, green and blue
  /// change by at most `tolerance`.
  init?(rows: UnsafePointer<UInt32>, width: Int, height: Int, stride: Int, tolerance: Int) {
    let limit = tolerance == 0 ? Self.colorLimit : Self.differentColorLimit
    guard let counts = Self.counts(rows, width: width, height: height, stride: stride, limit: limit) else { return nil }
    let found = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    guard let palette = Self.palette(found, tolerance: tolerance) else { return nil }
    colors = palette.colors
    self.width = width
    let paletteIndices = Dictionary(uniqueKeysWithValues: zip(found, palette.indices))
    var last = found[0]
    var paletteIndex = paletteIndices[last]!
    indices = []
    indices.reserveCapacity(width * height)
    for y in 0..<height {
      for x in 0..<width {
        let color = rows[y * stride + x] & 0xFFFFFF
        if color != last { (last, paletteIndex) = (color, paletteIndices[color]!) }
        indices.append(paletteIndex)
      }
    }
  }

  private static func counts(_ rows: UnsafePointer<UInt32>, width: Int, height: Int, stride: Int, limit: Int)
    -> [UInt32: Int]?
  {
    var counts: [UInt32: Int] = [:]
    for y in 0..<height {
      var x = 0
      while x < width {
        let (color, begin) = (rows[y * stride + x] & 0xFFFFFF, x)
        repeat { x += 1 } while x < width && rows[y * stride + x] & 0xFFFFFF == color
        counts[color, default: 0] += x - begin
        if counts.count > limit { return nil }
      }
    }
    return counts
  }

  /// A palette for the colors `found`, the most frequent first, and each one's index in it.
  private static func palette(_ found: [UInt32], tolerance: Int) -> (colors: [UInt32], indices: [UInt8])? {
    if found.count <= colorLimit { return (found, found.indices.map { UInt8($0) }) }
    var colors: [UInt32] = []
    var paletteIndices = [UInt8](repeating: 0, count: found.count)
    var distances = [Int](repeating: .max, count: found.count)
    while colors.count < colorLimit {
      let next =
        colors.count < frequentColors ? colors.count : distances.indices.max { distances[$0] < distances[$1] }!
      let paletteIndex = UInt8(colors.count)
      colors.append(found[next])
      for index in found.indices {
        let distance = distance(found[index], found[next])
        if distance < distances[index] { (distances[index], paletteIndices[index]) = (distance, paletteIndex) }
      }
    }
    return distances.max()! <= tolerance ? (colors, paletteIndices) : nil
  }

  /// The greatest difference of red, green and blue.
  private static func distance(_ one: UInt32, _ other: UInt32) -> Int {
    func difference(_ shift: Int) -> Int { abs(Int(one >> shift & 0xFF) - Int(other >> shift & 0xFF)) }
    return max(difference(16), difference(8), difference(0))
  }
}
