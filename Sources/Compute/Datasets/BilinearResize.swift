/// Pillow's bilinear resize of gray images, bit for bit: what torchvision's `Resize` does to Fashion-MNIST.
///
/// Two passes, horizontal first, each with 22-bit fixed-point weights and rounded to bytes; downscaling widens the
/// triangle. Exact where both sides are scaled about alike, as square images are: for very different scales Pillow may
/// take the vertical pass first. Source: Pillow, `src/libImaging/Resample.c`.
public struct BilinearResize: Sendable {
  /// The taps of each output place: where they begin, how many, and their weights of 2⁻²².
  struct Coefficients: Sendable, Hashable {
    var firsts: [Int32] = []
    var counts: [Int32] = []
    /// `taps` places an output.
    var weights: [Int32] = []
    var taps: Int

    init(from size: Int, to outSize: Int) {
      let scale = Double(size) / Double(outSize)
      let filterScale = max(scale, 1)
      let support = filterScale
      let inverse = 1 / filterScale
      taps = Int(support.rounded(.up)) * 2 + 1
      for place in 0..<outSize {
        let center = (Double(place) + 0.5) * scale
        let first = max(0, Int(center - support + 0.5))
        let end = min(size, Int(center + support + 0.5))
        let raw = (first..<end).map { tap in
          max(0, 1 - abs((Double(tap) - center + 0.5) * inverse))
        }
        let total = raw.reduce(0, +)
        firsts.append(Int32(first))
        counts.append(Int32(raw.count))
        for tap in 0..<taps {
          weights.append(tap < raw.count ? Int32(0.5 + raw[tap] / total * Double(1 << 22)) : 0)
        }
      }
    }
  }

  /// The source's rows.
  public let height: Int
  /// The source's columns.
  public let width: Int
  /// The target's rows.
  public let outHeight: Int
  /// The target's columns.
  public let outWidth: Int
  let horizontal: Coefficients
  let vertical: Coefficients

  /// A resize from one size to another; all sides are positive.
  public init(height: Int, width: Int, outHeight: Int, outWidth: Int) {
    precondition(
      height > 0 && width > 0 && outHeight > 0 && outWidth > 0,
      "an image of \(height)x\(width) resized to \(outHeight)x\(outWidth)")
    self.height = height
    self.width = width
    self.outHeight = outHeight
    self.outWidth = outWidth
    horizontal = Coefficients(from: width, to: outWidth)
    vertical = Coefficients(from: height, to: outHeight)
  }

  /// The bytes of scratch that a call needs.
  public var scratchBytes: Int { height * outWidth }

  /// source `[height, width]`, target `[outHeight, outWidth]`, scratch ``scratchBytes``.
  public func callAsFunction(
    _ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>, scratch: UnsafeMutablePointer<UInt8>
  ) {
    // As in Pillow, a pass that changes nothing is left out; both make the same bytes anyway.
    horizontal.weights.withUnsafeBufferPointer { weights in
      for place in 0..<outWidth {
        let first = Int(horizontal.firsts[place])
        let count = Int(horizontal.counts[place])
        let taps = weights.baseAddress! + place * horizontal.taps
        for row in 0..<height {
          let line = source + row * width + first
          var sum: Int32 = 1 << 21
          for tap in 0..<count { sum &+= Int32(line[tap]) &* taps[tap] }
          scratch[row * outWidth + place] = clipped(sum)
        }
      }
    }
    vertical.weights.withUnsafeBufferPointer { weights in
      for row in 0..<outHeight {
        let line = scratch + Int(vertical.firsts[row]) * outWidth
        let count = Int(vertical.counts[row])
        let taps = weights.baseAddress! + row * vertical.taps
        let output = target + row * outWidth
        if count == 1 {
          for place in 0..<outWidth { output[place] = clipped(1 << 21 &+ Int32(line[place]) &* taps[0]) }
        } else if count == 2 {
          let (upper, lower) = (taps[0], taps[1])
          for place in 0..<outWidth {
            output[place] = clipped(1 << 21 &+ Int32(line[place]) &* upper &+ Int32(line[place + outWidth]) &* lower)
          }
        } else {
          for place in 0..<outWidth {
            var sum: Int32 = 1 << 21
            for tap in 0..<count { sum &+= Int32(line[tap * outWidth + place]) &* taps[tap] }
            output[place] = clipped(sum)
          }
        }
      }
    }
  }

  /// The same for arrays.
  public func callAsFunction(_ source: [UInt8]) -> [UInt8] {
    precondition(source.count == height * width, "\(source.count) pixels are not \(height)x\(width)")
    var scratch = [UInt8](repeating: 0, count: scratchBytes)
    return [UInt8](unsafeUninitializedCapacity: outHeight * outWidth) { target, count in
      source.withUnsafeBufferPointer { source in
        scratch.withUnsafeMutableBufferPointer { scratch in
          self(source.baseAddress!, target.baseAddress!, scratch: scratch.baseAddress!)
        }
      }
      count = outHeight * outWidth
    }
  }
}

@inline(__always)
private func clipped(_ sum: Int32) -> UInt8 { UInt8(truncatingIfNeeded: max(0, min(255, sum >> 22))) }
