/// The sizes of a convolution of one image.
///
/// Legend: C input channels, H×W input; K output channels, OH×OW output; R the kernel's side; P output positions.
public struct ConvolutionShape: Sendable, Hashable {
  public let C: Int
  public let H: Int
  public let W: Int
  public let K: Int
  public let R: Int
  public let stride: Int
  public let padding: Int
  public let OH: Int
  public let OW: Int

  public init(channels: Int, height: Int, width: Int, outChannels: Int, kernelSize: Int, stride: Int, padding: Int) {
    C = channels
    H = height
    W = width
    K = outChannels
    R = kernelSize
    self.stride = stride
    self.padding = padding
    OH = (height + 2 * padding - kernelSize) / stride + 1
    OW = (width + 2 * padding - kernelSize) / stride + 1
  }

  /// The rows of the column matrix: C·R·R.
  public var columnRows: Int { C * R * R }

  /// How many output rows are unrolled at once: as many as keep the column matrix in a core's second-level cache.
  public var rowsPerBlock: Int { max(1, min(OH, 160_000 / (columnRows * OW))) }

  /// The floats of scratch that a convolution of this shape needs.
  public var scratchFloats: Int { columnRows * rowsPerBlock * OW }
}

/// Unrolls output rows `rows` of an image: `columns[(c·R + y)·R + x, p]` is what kernel cell (c, y, x) meets at position p.
///
/// image `[C, H, W]`, columns `[C·R·R, rows·OW]`.
public func im2col(
  _ image: UnsafePointer<Float>, _ shape: ConvolutionShape, rows: Range<Int>, _ columns: UnsafeMutablePointer<Float>
) {
  let (H, W, R, OW) = (shape.H, shape.W, shape.R, shape.OW)
  var target = columns
  for c in 0..<shape.C {
    let plane = image + c * H * W
    for y in 0..<R {
      for x in 0..<R {
        let span = validSpan(shape, x)
        for row in rows {
          let source = row * shape.stride + y - shape.padding
          if source < 0 || source >= H || span.isEmpty {
            target.update(repeating: 0, count: OW)
          } else {
            let line = plane + source * W
            if span.lowerBound > 0 { target.update(repeating: 0, count: span.lowerBound) }
            if shape.stride == 1 {
              (target + span.lowerBound).update(from: line + span.lowerBound + x - shape.padding, count: span.count)
            } else {
              for column in span { target[column] = line[column * shape.stride + x - shape.padding] }
            }
            if span.upperBound < OW {
              (target + span.upperBound).update(repeating: 0, count: OW - span.upperBound)
            }
          }
          target += OW
        }
      }
    }
  }
}

/// Adds the gradients of unrolled columns back to where the columns came from; the reverse of ``im2col(_:_:rows:_:)``.
public func col2im(
  _ columns: UnsafePointer<Float>, _ shape: ConvolutionShape, rows: Range<Int>, _ image: UnsafeMutablePointer<Float>
) {
  let (H, W, R, OW) = (shape.H, shape.W, shape.R, shape.OW)
  var source = columns
  for c in 0..<shape.C {
    let plane = image + c * H * W
    for y in 0..<R {
      for x in 0..<R {
        let span = validSpan(shape, x)
        for row in rows {
          let target = row * shape.stride + y - shape.padding
          if target >= 0, target < H {
            let line = plane + target * W
            if shape.stride == 1 {
              let offset = x - shape.padding
              for column in span { line[column + offset] += source[column] }
            } else {
              for column in span { line[column * shape.stride + x - shape.padding] += source[column] }
            }
          }
          source += OW
        }
      }
    }
  }
}

/// The output columns whose kernel cell in column `x` lies inside the image.
private func validSpan(_ shape: ConvolutionShape, _ x: Int) -> Range<Int> {
  let first = max(0, (shape.padding - x + shape.stride - 1) / shape.stride)
  let reach = shape.W - 1 + shape.padding - x
  let end = reach < 0 ? 0 : min(shape.OW, reach / shape.stride + 1)
  return first < end ? first..<end : 0..<0
}

/// The convolution of one image: `output[k, p] = bias[k] + Σ weight[k, c, y, x] · input`, then ReLU if asked for.
///
/// input `[C, H, W]`, weight `[K, C, R, R]`, output `[K, OH, OW]`, scratch ``ConvolutionShape/scratchFloats``.
public func convolutionForward(
  _ input: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>, _ shape: ConvolutionShape,
  relu: Bool, _ output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
  let positions = shape.OH * shape.OW
  forEachBlock(shape) { rows in
    let block = rows.count * shape.OW
    let target = output + rows.lowerBound * shape.OW
    for k in 0..<shape.K { (target + k * positions).update(repeating: bias[k], count: block) }
    let (columns, stride) = unroll(input, shape, rows, scratch)
    gemm(
      m: shape.K, n: block, k: shape.columnRows, weight, lda: shape.columnRows, columns, ldb: stride, beta: 1, target,
      ldc: positions)
    if relu {
      for k in 0..<shape.K { reluForward(target + k * positions, count: block) }
    }
  }
}

/// Adds one image's share to the gradients of weight and bias.
///
/// input `[C, H, W]`, outputGradient `[K, OH, OW]`, weightGradient `[K, C, R, R]`, biasGradient `[K]`.
public func convolutionWeightGradient(
  _ input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>, _ shape: ConvolutionShape,
  weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
  scratch: UnsafeMutablePointer<Float>
) {
  let positions = shape.OH * shape.OW
  for k in 0..<shape.K { biasGradient[k] += sum(outputGradient + k * positions, count: positions) }
  forEachBlock(shape) { rows in
    let (columns, stride) = unroll(input, shape, rows, scratch)
    gemm(
      transposeB: true, m: shape.K, n: shape.columnRows, k: rows.count * shape.OW,
      outputGradient + rows.lowerBound * shape.OW, lda: positions, columns, ldb: stride, beta: 1, weightGradient,
      ldc: shape.columnRows)
  }
}

/// The gradient with respect to one image: `[C, H, W]`, overwritten.
public func convolutionInputGradient(
  outputGradient: UnsafePointer<Float>, weight: UnsafePointer<Float>, _ shape: ConvolutionShape,
  _ inputGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
  let positions = shape.OH * shape.OW
  inputGradient.update(repeating: 0, count: shape.C * shape.H * shape.W)
  forEachBlock(shape) { rows in
    let block = rows.count * shape.OW
    gemm(
      transposeA: true, m: shape.columnRows, n: block, k: shape.K, weight, lda: shape.columnRows,
      outputGradient + rows.lowerBound * shape.OW, ldb: positions, beta: 0, scratch, ldc: block)
    col2im(scratch, shape, rows: rows, inputGradient)
  }
}

private func forEachBlock(_ shape: ConvolutionShape, _ body: (Range<Int>) -> Void) {
  let step = shape.rowsPerBlock
  for first in stride(from: 0, to: shape.OH, by: step) { body(first..<min(first + step, shape.OH)) }
}

/// The column matrix of some output rows and the floats from one of its rows to the next. A 1×1 convolution needs no copy.
private func unroll(
  _ input: UnsafePointer<Float>, _ shape: ConvolutionShape, _ rows: Range<Int>, _ scratch: UnsafeMutablePointer<Float>
) -> (UnsafePointer<Float>, Int) {
  if shape.R == 1, shape.stride == 1, shape.padding == 0 {
    return (input + rows.lowerBound * shape.OW, shape.H * shape.W)
  }
  im2col(input, shape, rows: rows, scratch)
  return (UnsafePointer(scratch), rows.count * shape.OW)
}
