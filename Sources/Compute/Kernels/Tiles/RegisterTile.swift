/// The innermost loop of every matrix product of the fast path: a tile of C that stays in registers.
///
/// `C[i, j] (+)= Σ_segment Σ_k A[i, k] · B[k, j]` with A at `a + i·aRow + k·aStep + segment·aSegment` and B at
/// `b + k·bStep + segment·bSegment`; j runs through 32 or 16 neighboring floats. Either `aRow` or `aStep` is 1 in use, and
/// the compiler makes a loop of its own for each. The order of additions is that of the loops, whatever the tile.
struct TileOperands {
  var segments: Int
  var depth: Int
  var aRow: Int
  var aStep: Int
  var aSegment: Int
  var bStep: Int
  var bSegment: Int
}

/// Row counts are rounded up to this; what the rows beyond hold is not looked at.
public let tileRows = 8

#if VGGLAB_ISA_V4
  /// Rows of 32, eight at a time.
  @inline(__always)
  func tiles32(
    _ s: TileOperands, rows m: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, accumulate: Bool
  ) {
    for row in stride(from: 0, to: m, by: tileRows) {
      tile32(s, a + row * s.aRow, b, c + row * ldc, ldc: ldc, accumulate: accumulate)
    }
  }

  /// Rows of 16, eight at a time.
  @inline(__always)
  func tiles16(
    _ s: TileOperands, rows m: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, accumulate: Bool
  ) {
    for row in stride(from: 0, to: m, by: tileRows) {
      tile16(s, a + row * s.aRow, b, c + row * ldc, ldc: ldc, accumulate: accumulate)
    }
  }

  /// Eight rows of 32: sixteen accumulators of the 32 registers of AVX-512.
  @inline(__always)
  private func tile32(
    _ s: TileOperands, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, ldc: Int,
    accumulate: Bool
  ) {
    var (c00, c01, c10, c11) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var (c20, c21, c30, c31) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var (c40, c41, c50, c51) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var (c60, c61, c70, c71) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    for segment in 0..<s.segments {
      var a = a + segment * s.aSegment
      var b = b + segment * s.bSegment
      for _ in 0..<s.depth {
        let (left, right) = (load(b), load(b + 16))
        @inline(__always)
        func row(_ i: Int, _ x: inout Lanes, _ y: inout Lanes) {
          let value = Lanes(repeating: a[i * s.aRow])
          x.addProduct(value, left)
          y.addProduct(value, right)
        }
        row(0, &c00, &c01)
        row(1, &c10, &c11)
        row(2, &c20, &c21)
        row(3, &c30, &c31)
        row(4, &c40, &c41)
        row(5, &c50, &c51)
        row(6, &c60, &c61)
        row(7, &c70, &c71)
        a += s.aStep
        b += s.bStep
      }
    }
    @inline(__always)
    func write(_ i: Int, _ x: Lanes, _ y: Lanes) {
      let place = c + i * ldc
      store(accumulate ? load(place) + x : x, place)
      store(accumulate ? load(place + 16) + y : y, place + 16)
    }
    write(0, c00, c01)
    write(1, c10, c11)
    write(2, c20, c21)
    write(3, c30, c31)
    write(4, c40, c41)
    write(5, c50, c51)
    write(6, c60, c61)
    write(7, c70, c71)
  }

  /// Eight rows of 16.
  @inline(__always)
  private func tile16(
    _ s: TileOperands, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, ldc: Int,
    accumulate: Bool
  ) {
    var (c0, c1, c2, c3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var (c4, c5, c6, c7) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    for segment in 0..<s.segments {
      var a = a + segment * s.aSegment
      var b = b + segment * s.bSegment
      for _ in 0..<s.depth {
        let values = load(b)
        c0.addProduct(Lanes(repeating: a[0]), values)
        c1.addProduct(Lanes(repeating: a[s.aRow]), values)
        c2.addProduct(Lanes(repeating: a[2 * s.aRow]), values)
        c3.addProduct(Lanes(repeating: a[3 * s.aRow]), values)
        c4.addProduct(Lanes(repeating: a[4 * s.aRow]), values)
        c5.addProduct(Lanes(repeating: a[5 * s.aRow]), values)
        c6.addProduct(Lanes(repeating: a[6 * s.aRow]), values)
        c7.addProduct(Lanes(repeating: a[7 * s.aRow]), values)
        a += s.aStep
        b += s.bStep
      }
    }
    @inline(__always)
    func write(_ i: Int, _ x: Lanes) { store(accumulate ? load(c + i * ldc) + x : x, c + i * ldc) }
    write(0, c0)
    write(1, c1)
    write(2, c2)
    write(3, c3)
    write(4, c4)
    write(5, c5)
    write(6, c6)
    write(7, c7)
  }
#else
  private typealias Half = SIMD8<Float>

  @inline(__always)
  private func half(_ pointer: UnsafePointer<Float>) -> Half {
    UnsafeRawPointer(pointer).loadUnaligned(as: Half.self)
  }

  /// Rows of 32, as two of 16.
  @inline(__always)
  func tiles32(
    _ s: TileOperands, rows m: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, accumulate: Bool
  ) {
    tiles16(s, rows: m, a, b, c, ldc: ldc, accumulate: accumulate)
    tiles16(s, rows: m, a, b + 16, c + 16, ldc: ldc, accumulate: accumulate)
  }

  /// Rows of 16, six at a time: twelve accumulators of the 16 registers of AVX2, enough to hide what a sum takes; then what
  /// is left of a multiple of eight.
  @inline(__always)
  func tiles16(
    _ s: TileOperands, rows m: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, accumulate: Bool
  ) {
    let end = (m + tileRows - 1) / tileRows * tileRows
    var row = 0
    while end - row >= 6 {
      sixRows(s, a + row * s.aRow, b, c + row * ldc, ldc: ldc, accumulate: accumulate)
      row += 6
    }
    if end - row == 4 {
      fourRows(s, a + row * s.aRow, b, c + row * ldc, ldc: ldc, accumulate: accumulate)
    } else if end - row == 2 {
      twoRows(s, a + row * s.aRow, b, c + row * ldc, ldc: ldc, accumulate: accumulate)
    }
  }

  @inline(__always)
  private func sixRows(
    _ s: TileOperands, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, ldc: Int,
    accumulate: Bool
  ) {
    var (c00, c01) = (Half.zero, Half.zero)
    var (c10, c11) = (Half.zero, Half.zero)
    var (c20, c21) = (Half.zero, Half.zero)
    var (c30, c31) = (Half.zero, Half.zero)
    var (c40, c41) = (Half.zero, Half.zero)
    var (c50, c51) = (Half.zero, Half.zero)
    for segment in 0..<s.segments {
      var a = a + segment * s.aSegment
      var b = b + segment * s.bSegment
      for _ in 0..<s.depth {
        let (left, right) = (half(b), half(b + 8))
        @inline(__always)
        func row(_ i: Int, _ x: inout Half, _ y: inout Half) {
          let value = Half(repeating: a[i * s.aRow])
          x.addProduct(value, left)
          y.addProduct(value, right)
        }
        row(0, &c00, &c01)
        row(1, &c10, &c11)
        row(2, &c20, &c21)
        row(3, &c30, &c31)
        row(4, &c40, &c41)
        row(5, &c50, &c51)
        a += s.aStep
        b += s.bStep
      }
    }
    @inline(__always)
    func write(_ i: Int, _ x: Half, _ y: Half) {
      let place = c + i * ldc
      UnsafeMutableRawPointer(place).storeBytes(of: accumulate ? half(place) + x : x, as: Half.self)
      UnsafeMutableRawPointer(place + 8).storeBytes(of: accumulate ? half(place + 8) + y : y, as: Half.self)
    }
    write(0, c00, c01)
    write(1, c10, c11)
    write(2, c20, c21)
    write(3, c30, c31)
    write(4, c40, c41)
    write(5, c50, c51)
  }

  @inline(__always)
  private func fourRows(
    _ s: TileOperands, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, ldc: Int,
    accumulate: Bool
  ) {
    var (c00, c01) = (Half.zero, Half.zero)
    var (c10, c11) = (Half.zero, Half.zero)
    var (c20, c21) = (Half.zero, Half.zero)
    var (c30, c31) = (Half.zero, Half.zero)
    for segment in 0..<s.segments {
      var a = a + segment * s.aSegment
      var b = b + segment * s.bSegment
      for _ in 0..<s.depth {
        let (left, right) = (half(b), half(b + 8))
        @inline(__always)
        func row(_ i: Int, _ x: inout Half, _ y: inout Half) {
          let value = Half(repeating: a[i * s.aRow])
          x.addProduct(value, left)
          y.addProduct(value, right)
        }
        row(0, &c00, &c01)
        row(1, &c10, &c11)
        row(2, &c20, &c21)
        row(3, &c30, &c31)
        a += s.aStep
        b += s.bStep
      }
    }
    @inline(__always)
    func write(_ i: Int, _ x: Half, _ y: Half) {
      let place = c + i * ldc
      UnsafeMutableRawPointer(place).storeBytes(of: accumulate ? half(place) + x : x, as: Half.self)
      UnsafeMutableRawPointer(place + 8).storeBytes(of: accumulate ? half(place + 8) + y : y, as: Half.self)
    }
    write(0, c00, c01)
    write(1, c10, c11)
    write(2, c20, c21)
    write(3, c30, c31)
  }

  @inline(__always)
  private func twoRows(
    _ s: TileOperands, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, ldc: Int,
    accumulate: Bool
  ) {
    var (c00, c01) = (Half.zero, Half.zero)
    var (c10, c11) = (Half.zero, Half.zero)
    for segment in 0..<s.segments {
      var a = a + segment * s.aSegment
      var b = b + segment * s.bSegment
      for _ in 0..<s.depth {
        let (left, right) = (half(b), half(b + 8))
        @inline(__always)
        func row(_ i: Int, _ x: inout Half, _ y: inout Half) {
          let value = Half(repeating: a[i * s.aRow])
          x.addProduct(value, left)
          y.addProduct(value, right)
        }
        row(0, &c00, &c01)
        row(1, &c10, &c11)
        a += s.aStep
        b += s.bStep
      }
    }
    @inline(__always)
    func write(_ i: Int, _ x: Half, _ y: Half) {
      let place = c + i * ldc
      UnsafeMutableRawPointer(place).storeBytes(of: accumulate ? half(place) + x : x, as: Half.self)
      UnsafeMutableRawPointer(place + 8).storeBytes(of: accumulate ? half(place + 8) + y : y, as: Half.self)
    }
    write(0, c00, c01)
    write(1, c10, c11)
  }
#endif
