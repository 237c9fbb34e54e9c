/// The one-dimensional transforms of a Winograd convolution F(m, R) with P = m + R − 1 points.
///
/// Each reads vectors at `from`, `step` floats apart, and writes vectors at `to`, `toStep` apart; applied to columns and
/// then to rows they make the transforms of a tile. Source: Lavin & Gray 2015, arXiv 1509.09308; the points are 0, ±1, ∞,
/// and ±2 where there are six.
protocol WinogradTransform {
  /// P.
  static var points: Int { get }
  /// m.
  static var outputs: Int { get }
  /// Bᵀ: P inputs to P points.
  static func input(
    _ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int)
  /// Aᵀ: P points to m outputs.
  static func output(
    _ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int)
  /// A: m output gradients to P points.
  static func outputGradient(
    _ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int)
  /// B: P points to P input gradients.
  static func inputGradient(
    _ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int)
}

/// What F(4, 3) and F(2, 5) share: their six points.
protocol SixPointTransform: WinogradTransform {}

extension SixPointTransform {
  static var points: Int { 6 }

  @inline(__always)
  static func input(_ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int) {
    let (d0, d1, d2) = (load(from), load(from + step), load(from + 2 * step))
    let (d3, d4, d5) = (load(from + 3 * step), load(from + 4 * step), load(from + 5 * step))
    let even = fused(d2, -4, plus: d4)
    let odd = fused(d1, -4, plus: d3)
    let even2 = d4 - d2
    let difference = d3 - d1
    store(fused(d0, 4, plus: fused(d2, -5, plus: d4)), to)
    store(even + odd, to + toStep)
    store(even - odd, to + 2 * toStep)
    store(fused(difference, 2, plus: even2), to + 3 * toStep)
    store(fused(difference, -2, plus: even2), to + 4 * toStep)
    store(fused(d1, 4, plus: fused(d3, -5, plus: d5)), to + 5 * toStep)
  }

  @inline(__always)
  static func inputGradient(
    _ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int
  ) {
    let (v0, v1, v2) = (load(from), load(from + step), load(from + 2 * step))
    let (v3, v4, v5) = (load(from + 3 * step), load(from + 4 * step), load(from + 5 * step))
    let sum1 = v1 + v2
    let difference1 = v1 - v2
    let sum2 = v3 + v4
    let difference2 = v3 - v4
    store(v0 * 4, to)
    store(fused(difference1, -4, plus: fused(difference2, -2, plus: v5 * 4)), to + toStep)
    store(fused(v0, -5, plus: fused(sum1, -4, plus: -sum2)), to + 2 * toStep)
    store(fused(difference2, 2, plus: fused(v5, -5, plus: difference1)), to + 3 * toStep)
    store(v0 + sum1 + sum2, to + 4 * toStep)
    store(v5, to + 5 * toStep)
  }
}

enum F4x3: SixPointTransform {
  static var outputs: Int { 4 }

  @inline(__always)
  static func output(_ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int) {
    let (v0, v1, v2) = (load(from), load(from + step), load(from + 2 * step))
    let (v3, v4, v5) = (load(from + 3 * step), load(from + 4 * step), load(from + 5 * step))
    let sum1 = v1 + v2
    let difference1 = v1 - v2
    let sum2 = v3 + v4
    let difference2 = v3 - v4
    store(v0 + sum1 + sum2, to)
    store(fused(difference2, 2, plus: difference1), to + toStep)
    store(fused(sum2, 4, plus: sum1), to + 2 * toStep)
    store(fused(difference2, 8, plus: difference1 + v5), to + 3 * toStep)
  }

  @inline(__always)
  static func outputGradient(
    _ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int
  ) {
    let (y0, y1, y2, y3) = (load(from), load(from + step), load(from + 2 * step), load(from + 3 * step))
    let even = y0 + y2
    let odd = y1 + y3
    let even2 = fused(y2, 4, plus: y0)
    let odd2 = fused(y3, 4, plus: y1)
    store(y0, to)
    store(even + odd, to + toStep)
    store(even - odd, to + 2 * toStep)
    store(fused(odd2, 2, plus: even2), to + 3 * toStep)
    store(fused(odd2, -2, plus: even2), to + 4 * toStep)
    store(y3, to + 5 * toStep)
  }
}

enum F2x5: SixPointTransform {
  static var outputs: Int { 2 }

  @inline(__always)
  static func output(_ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int) {
    let (v0, v1, v2) = (load(from), load(from + step), load(from + 2 * step))
    let (v3, v4, v5) = (load(from + 3 * step), load(from + 4 * step), load(from + 5 * step))
    store(v0 + v1 + v2 + (v3 + v4), to)
    store(fused(v3 - v4, 2, plus: v1 - v2 + v5), to + toStep)
  }

  @inline(__always)
  static func outputGradient(
    _ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int
  ) {
    let (y0, y1) = (load(from), load(from + step))
    store(y0, to)
    store(y0 + y1, to + toStep)
    store(y0 - y1, to + 2 * toStep)
    store(fused(y1, 2, plus: y0), to + 3 * toStep)
    store(fused(y1, -2, plus: y0), to + 4 * toStep)
    store(y1, to + 5 * toStep)
  }
}

enum F2x3: WinogradTransform {
  static var points: Int { 4 }
  static var outputs: Int { 2 }

  @inline(__always)
  static func input(_ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int) {
    let (d0, d1, d2, d3) = (load(from), load(from + step), load(from + 2 * step), load(from + 3 * step))
    store(d0 - d2, to)
    store(d1 + d2, to + toStep)
    store(d2 - d1, to + 2 * toStep)
    store(d3 - d1, to + 3 * toStep)
  }

  @inline(__always)
  static func inputGradient(
    _ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int
  ) {
    let (v0, v1, v2, v3) = (load(from), load(from + step), load(from + 2 * step), load(from + 3 * step))
    store(v0, to)
    store(v1 - v2 - v3, to + toStep)
    store(v1 + v2 - v0, to + 2 * toStep)
    store(v3, to + 3 * toStep)
  }

  @inline(__always)
  static func output(_ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int) {
    let (v0, v1, v2, v3) = (load(from), load(from + step), load(from + 2 * step), load(from + 3 * step))
    store(v0 + v1 + v2, to)
    store(v1 - v2 + v3, to + toStep)
  }

  @inline(__always)
  static func outputGradient(
    _ from: UnsafePointer<Float>, _ step: Int, _ to: UnsafeMutablePointer<Float>, _ toStep: Int
  ) {
    let (y0, y1) = (load(from), load(from + step))
    store(y0, to)
    store(y0 + y1, to + toStep)
    store(y0 - y1, to + 2 * toStep)
    store(y1, to + 3 * toStep)
  }
}

extension WinogradAlgorithm {
  /// G: P rows of R.
  var kernelMatrix: [[Float]] {
    func powers(_ point: Float, _ scale: Float) -> [Float] {
      var value = scale
      return (0..<R).map { _ in
        defer { value *= point }
        return value
      }
    }
    let infinity = [Float](repeating: 0, count: R - 1) + [1]
    return P == 4
      ? [powers(0, 1), powers(1, 1 / 2), powers(-1, 1 / 2), infinity]
      : [
        powers(0, 1 / 4), powers(1, -1 / 6), powers(-1, -1 / 6), powers(2, 1 / 24), powers(-2, 1 / 24), infinity,
      ]
  }
}
