/// An average pooling to a number of places, whatever the size of the input: channels, rows and columns, in and out.
public struct AveragePoolingShape: Sendable, Hashable {
  public let C: Int
  public let H: Int
  public let W: Int
  public let OH: Int
  public let OW: Int

  public init(channels: Int, height: Int, width: Int, outHeight: Int, outWidth: Int) {
    C = channels
    H = height
    W = width
    OH = outHeight
    OW = outWidth
  }

  /// The inputs that a place of `out` looks at.
  private static func window(_ place: Int, _ size: Int, _ out: Int) -> Range<Int> {
    place * size / out..<((place + 1) * size + out - 1) / out
  }

  fileprivate func forEachWindow(_ body: (_ place: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> Void) {
    for y in 0..<OH {
      let rows = Self.window(y, H, OH)
      for x in 0..<OW { body(y * OW + x, rows, Self.window(x, W, OW)) }
    }
  }
}

/// The mean of each window. input `[C, H, W]`, output `[C, OH, OW]`.
public func averagePoolForward(
  _ input: UnsafePointer<Float>, _ shape: AveragePoolingShape, _ output: UnsafeMutablePointer<Float>
) {
  for channel in 0..<shape.C {
    let (plane, target) = (input + channel * shape.H * shape.W, output + channel * shape.OH * shape.OW)
    shape.forEachWindow { place, rows, columns in
      var total: Float = 0
      for y in rows { for x in columns { total += plane[y * shape.W + x] } }
      target[place] = total / Float(rows.count * columns.count)
    }
  }
}

/// The gradient with respect to the input: each place's is spread evenly over its window. outputGradient `[C, OH, OW]`,
/// inputGradient `[C, H, W]`.
public func averagePoolBackward(
  outputGradient: UnsafePointer<Float>, _ shape: AveragePoolingShape, _ inputGradient: UnsafeMutablePointer<Float>
) {
  inputGradient.update(repeating: 0, count: shape.C * shape.H * shape.W)
  for channel in 0..<shape.C {
    let (plane, source) = (inputGradient + channel * shape.H * shape.W, outputGradient + channel * shape.OH * shape.OW)
    shape.forEachWindow { place, rows, columns in
      let part = source[place] / Float(rows.count * columns.count)
      for y in rows { for x in columns { plane[y * shape.W + x] += part } }
    }
  }
}
