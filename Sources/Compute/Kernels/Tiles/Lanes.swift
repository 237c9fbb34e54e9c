/// Sixteen neighboring channels: what every fast kernel works on at once.
typealias Lanes = SIMD16<Float>

/// Sixteen poolIndices of maxima. Comparisons are vector instructions only where both sides have this type by name.
typealias IndexLanes = SIMD16<Int32>

@inline(__always)
func load(_ pointer: UnsafePointer<Float>) -> Lanes { UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self) }

@inline(__always)
func store(_ value: Lanes, _ pointer: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Lanes.self)
}

/// `a · factor + b` with one rounding.
@inline(__always)
func fused(_ a: Lanes, _ factor: Float, plus b: Lanes) -> Lanes { b.addingProduct(a, Lanes(repeating: factor)) }

/// `max(x, 0)`, and NaN for NaN, so that a diverged training is noticed.
@inline(__always)
func rectified(_ x: Lanes) -> Lanes { x.replacing(with: Lanes.zero, where: x .< Lanes.zero) }

/// `value` where `open` is positive, elsewhere zero.
@inline(__always)
func masked(_ value: Lanes, by open: Lanes) -> Lanes { Lanes.zero.replacing(with: value, where: open .> Lanes.zero) }

/// The next multiple of 16: how many channels are stored for `channels`.
public func storedChannels(_ channels: Int) -> Int { (channels + 15) & ~15 }

/// An image in memory, channels innermost: where it begins and how far it is from row to row, in floats.
public struct Plane: @unchecked Sendable {
  public var base: UnsafeMutablePointer<Float>
  /// Floats from one row to the next.
  public var row: Int

  public init(_ base: UnsafeMutablePointer<Float>, row: Int) {
    self.base = base
    self.row = row
  }
}
