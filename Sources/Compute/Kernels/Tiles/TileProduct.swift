/// Where column `column` (a multiple of 16) of row `row` is in a matrix of `depth` rows packed in panels.
///
/// B of `[depth, columns]` is packed as `[columns / 32][depth][32]`; if the columns are an odd multiple of 16, the last
/// panel is `[depth][16]`.
@inline(__always)
func panelOffset(row: Int, column: Int, depth: Int, columns: Int) -> Int {
  let first = column & ~31
  return first * depth + row * min(32, columns - first) + (column - first)
}

/// `C (+)= A · B`: A's rows are runs of floats, B is packed in panels.
///
/// C `[m, n]` (m rounded up to ``tileRows``, n a multiple of 16); A in `segments` runs of `depth` floats a row, `aRow` from
/// row to row and `aSegment` from run to run; B packed, `segments · depth` rows deep, of which this product takes those from
/// `firstRow` on and `packedDepth` is the whole.
@inline(never)
func multiplyRows(
  m: Int, n: Int, segments: Int = 1, depth: Int, _ a: UnsafePointer<Float>, aRow: Int, aSegment: Int = 0,
  packed b: UnsafePointer<Float>, packedDepth: Int? = nil, firstRow: Int = 0, _ c: UnsafeMutablePointer<Float>,
  ldc: Int, accumulate: Bool
) {
  let whole = packedDepth ?? segments * depth
  for column in stride(from: 0, to: n, by: 32) {
    let width = min(32, n - column)
    let panel = b + column * whole + firstRow * width
    let operands = TileOperands(
      segments: segments, depth: depth, aRow: aRow, aStep: 1, aSegment: aSegment, bStep: width,
      bSegment: depth * width)
    if width == 32 {
      tiles32(operands, rows: m, a, panel, c + column, ldc: ldc, accumulate: accumulate)
    } else {
      tiles16(operands, rows: m, a, panel, c + column, ldc: ldc, accumulate: accumulate)
    }
  }
}

/// `C (+)= Aᵀ · B`: the sum runs over rows of A and B, as in gradients of weights.
///
/// C `[m, n]` (m rounded up to ``tileRows``, n a multiple of 16); A `[depth, m]` with `aStep` floats from row to row, B
/// `[depth, n]` with `bStep`, in `segments` pieces that lie `aSegment` and `bSegment` floats apart.
@inline(never)
func multiplyColumns(
  m: Int, n: Int, segments: Int = 1, depth: Int, _ a: UnsafePointer<Float>, aStep: Int, aSegment: Int = 0,
  _ b: UnsafePointer<Float>, bStep: Int, bSegment: Int = 0, _ c: UnsafeMutablePointer<Float>, ldc: Int,
  accumulate: Bool
) {
  let operands = TileOperands(
    segments: segments, depth: depth, aRow: 1, aStep: aStep, aSegment: aSegment, bStep: bStep, bSegment: bSegment)
  for column in stride(from: 0, to: n, by: 32) {
    if n - column >= 32 {
      tiles32(operands, rows: m, a, b + column, c + column, ldc: ldc, accumulate: accumulate)
    } else {
      tiles16(operands, rows: m, a, b + column, c + column, ldc: ldc, accumulate: accumulate)
    }
  }
}

/// `C = A · B` with A `[m, k]` and C `[m, n]` row-major (m a multiple of ``tileRows``, n of 16) and B packed in panels of 32
/// columns, `[n / 32][k][32]`; in steps of 256 along k, as the Linear layers do.
public func multiplyPacked(
  m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, packed b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>
) {
  precondition(m % tileRows == 0 && n % 16 == 0, "a product of \(m)x\(k) and \(k)x\(n) is not made of whole tiles")
  for first in stride(from: 0, to: k, by: 256) {
    multiplyRows(
      m: m, n: n, depth: min(256, k - first), a + first, aRow: k, packed: b, packedDepth: k, firstRow: first, c,
      ldc: n, accumulate: first > 0)
  }
}
