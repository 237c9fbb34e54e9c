/// The sizes of a Winograd convolution with stride 1 over channels-innermost pictures.
///
/// Tiles of 6×6 inputs give m×m outputs: F(4×4, 3×3) or F(2×2, 5×5), which share their points 0, ±1, ±2, ∞ and so the
/// transform of the input. Source: Lavin & Gray 2015, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308.
///
/// Legend: C input and K output channels, both rounded up to multiples of 16 with zeros; H×W output, which is the input's
/// size; R the kernel's side; m a tile's outputs; T tiles; ξ one of the 36 places of the transformed domain.
public struct WinogradShape: Sendable, Hashable {
  /// The channels as they are and as they are stored.
  public let channels: Int
  public let outChannels: Int
  public let C: Int
  public let K: Int
  public let H: Int
  public let W: Int
  public let R: Int
  public let m: Int
  public let tilesDown: Int
  public let tilesAcross: Int

  /// kernelSize is 3 or 5; the padding keeps the picture's size.
  public init(channels: Int, height: Int, width: Int, outChannels: Int, kernelSize: Int) {
    precondition(kernelSize == 3 || kernelSize == 5, "a kernel of \(kernelSize) has no transform here")
    self.channels = channels
    self.outChannels = outChannels
    C = (channels + 15) & ~15
    K = (outChannels + 15) & ~15
    H = height
    W = width
    R = kernelSize
    m = kernelSize == 3 ? 4 : 2
    tilesDown = (height + m - 1) / m
    tilesAcross = (width + m - 1) / m
  }

  /// The zero border above and left of the input.
  public var padding: Int { R / 2 }
  /// The input's stored size: the border, and as much below and right as the last tiles reach.
  public var paddedHeight: Int { tilesDown * m + R - 1 }
  public var paddedWidth: Int { tilesAcross * m + R - 1 }
  public var tiles: Int { tilesDown * tilesAcross }
  /// The floats of the transformed kernel, `[36, C, K]`.
  public var kernelFloats: Int { 36 * C * K }
}

/// What a convolution's output still goes through: bias always, then this.
public enum WinogradEpilogue: Sendable, Hashable {
  case none
  case relu
  /// ReLU, then the largest of each 2×2.
  case reluMaxPool
}

/// A picture in memory, channels innermost: where it begins and how far it is from row to row, in floats.
public struct Plane: @unchecked Sendable {
  public var base: UnsafeMutablePointer<Float>
  /// Floats from one row to the next.
  public var row: Int

  public init(_ base: UnsafeMutablePointer<Float>, row: Int) {
    self.base = base
    self.row = row
  }
}

typealias Lanes = SIMD16<Float>

@inline(__always)
func load(_ pointer: UnsafePointer<Float>) -> Lanes { UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self) }

@inline(__always)
func store(_ value: Lanes, _ pointer: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Lanes.self)
}
