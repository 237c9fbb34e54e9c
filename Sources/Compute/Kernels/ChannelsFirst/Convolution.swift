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

  /// How many images share one matrix product: more than one where the columns of a whole image are few, because a product
  /// with few columns spends its time on packing the weights.
  public var imagesPerProduct: Int {
    isPointwise || rowsPerBlock < OH ? 1 : max(1, min(8, 400_000 / (columnRows * OH * OW)))
  }

  /// The floats of scratch that a convolution of this shape needs: columns, and what the images of a product give together.
  public var scratchFloats: Int {
    imagesPerProduct == 1
      ? columnRows * rowsPerBlock * OW : imagesPerProduct * (columnRows + K) * OH * OW
  }

  /// Whether the input is its own column matrix.
  var isPointwise: Bool { R == 1 && stride == 1 && padding == 0 }

  /// Whether output and input are of one size, so that a kernel cell meets the input shifted as a whole.
  var keepsSize: Bool { stride == 1 && OH == H && OW == W }
}

/// Unrolls output rows `rows` of an image: `columns[(c·R + y)·R + x, p]` is what kernel cell (c, y, x) meets at position p.
///
/// image `[C, H, W]`, columns `[C·R·R, rows·OW]` with `stride` floats from one of its rows to the next.
func im2col(
  _ image: UnsafePointer<Float>, _ shape: ConvolutionShape, rows: Range<Int>, _ columns: UnsafeMutablePointer<Float>,
  stride: Int
) {
  let (H, W, R) = (shape.H, shape.W, shape.R)
  var target = columns
  for c in 0..<shape.C {
    let plane = image + c * H * W
    for y in 0..<R {
      for x in 0..<R {
        if shape.keepsSize {
          shiftPlane(plane, shape, rows, y, x, target)
        } else {
          gatherRows(plane, shape, rows, y, x, target)
        }
        target += stride
      }
    }
  }
}

/// What a kernel cell meets in output rows `rows` where output and input have one size: the input, moved, zero outside of it.
private func shiftPlane(
  _ plane: UnsafePointer<Float>, _ shape: ConvolutionShape, _ rows: Range<Int>, _ y: Int, _ x: Int,
  _ target: UnsafeMutablePointer<Float>
) {
  let (W, floats) = (shape.W, shape.H * shape.W)
  let shift = (y - shape.padding) * W + x - shape.padding
  let (first, end) = (rows.lowerBound * W, rows.upperBound * W)
  let inside = max(first, -shift)..<max(max(first, -shift), min(end, floats - shift))
  if inside.lowerBound > first { target.update(repeating: 0, count: min(end, inside.lowerBound) - first) }
  if !inside.isEmpty {
    (target + inside.lowerBound - first).update(from: plane + inside.lowerBound + shift, count: inside.count)
  }
  if inside.upperBound < end {
    (target + inside.upperBound - first).update(repeating: 0, count: end - inside.upperBound)
  }
  clearEdges(target, rows: rows.count, W, x - shape.padding)
}

/// Zeroes the columns of each row that a move by `shift` columns took from the row beside it.
private func clearEdges(_ target: UnsafeMutablePointer<Float>, rows: Int, _ W: Int, _ shift: Int) {
  let edge = shift < 0 ? 0..<min(W, -shift) : max(0, W - shift)..<W
  for column in edge {
    for row in 0..<rows { target[row * W + column] = 0 }
  }
}

/// What a kernel cell meets in output rows `rows`, row by row.
private func gatherRows(
  _ plane: UnsafePointer<Float>, _ shape: ConvolutionShape, _ rows: Range<Int>, _ y: Int, _ x: Int,
  _ start: UnsafeMutablePointer<Float>
) {
  let (H, W, OW) = (shape.H, shape.W, shape.OW)
  let span = validSpan(shape, x)
  var target = start
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
      if span.upperBound < OW { (target + span.upperBound).update(repeating: 0, count: OW - span.upperBound) }
    }
    target += OW
  }
}

/// Adds the gradients of unrolled columns back to where the columns came from; the reverse of ``im2col(_:_:rows:_:stride:)``.
/// The columns are overwritten.
func col2im(
  _ columns: UnsafeMutablePointer<Float>, _ shape: ConvolutionShape, rows: Range<Int>,
  _ image: UnsafeMutablePointer<Float>, stride: Int
) {
  let (H, W, R, OW) = (shape.H, shape.W, shape.R, shape.OW)
  var source = columns
  for c in 0..<shape.C {
    let plane = image + c * H * W
    for y in 0..<R {
      for x in 0..<R {
        if shape.keepsSize {
          let shift = (y - shape.padding) * W + x - shape.padding
          let (first, end) = (rows.lowerBound * W, rows.upperBound * W)
          clearEdges(source, rows: rows.count, W, x - shape.padding)
          let lower = max(first, -shift)
          let upper = min(end, H * W - shift)
          if lower < upper { add(source + lower - first, to: plane + lower + shift, count: upper - lower) }
        } else {
          let span = validSpan(shape, x)
          for row in rows {
            let target = row * shape.stride + y - shape.padding
            guard target >= 0, target < H else { continue }
            let line = plane + target * W + x - shape.padding
            let columns = source + (row - rows.lowerBound) * OW
            for column in span { line[column * shape.stride] += columns[column] }
          }
        }
        source += stride
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

/// The convolution of images: `output[k, p] = Σ weight[k, c, y, x] · input + bias[k]`, then ReLU if asked for.
///
/// input `[images, C, H, W]`, weight `[K, C, R, R]`, output `[images, K, OH, OW]`, scratch
/// ``ConvolutionShape/scratchFloats``.
public func convolutionForward(
  _ input: UnsafePointer<Float>, images: Int = 1, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
  _ shape: ConvolutionShape, relu: Bool, _ output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
  let (positions, inputs) = (shape.OH * shape.OW, shape.C * shape.H * shape.W)
  forEachProduct(images, shape) { group in
    if group.count > 1 {
      let width = group.count * positions
      let columns = unroll(input + group.lowerBound * inputs, images: group.count, shape, scratch)
      let product = scratch + shape.columnRows * width
      gemm(
        m: shape.K, n: width, k: shape.columnRows, weight, lda: shape.columnRows, columns, ldb: width, beta: 0, product,
        ldc: width)
      for (place, image) in group.enumerated() {
        for k in 0..<shape.K {
          addBias(
            product + k * width + place * positions, bias[k], relu: relu, output + (image * shape.K + k) * positions,
            count: positions)
        }
      }
    } else {
      let (image, target) = (input + group.lowerBound * inputs, output + group.lowerBound * shape.K * positions)
      forEachBlock(shape) { rows in
        let block = rows.count * shape.OW
        let target = target + rows.lowerBound * shape.OW
        let (columns, stride) = unroll(image, shape, rows, scratch)
        gemm(
          m: shape.K, n: block, k: shape.columnRows, weight, lda: shape.columnRows, columns, ldb: stride, beta: 0,
          target, ldc: positions)
        for k in 0..<shape.K {
          let line = target + k * positions
          addBias(line, bias[k], relu: relu, line, count: block)
        }
      }
    }
  }
}

/// `target[i] = source[i] + bias`, then ReLU if asked for. Both may be the same.
private func addBias(
  _ source: UnsafePointer<Float>, _ bias: Float, relu: Bool, _ target: UnsafeMutablePointer<Float>, count: Int
) {
  if relu {
    for i in 0..<count {
      let value = source[i] + bias
      // A NaN stays one, as in PyTorch, so that a diverged training is noticed.
      target[i] = value < 0 ? 0 : value
    }
  } else {
    for i in 0..<count { target[i] = source[i] + bias }
  }
}

/// Adds the images' share to the gradients of weight and bias.
///
/// input `[images, C, H, W]`, outputGradient `[images, K, OH, OW]`, weightGradient `[K, C, R, R]`, biasGradient `[K]`.
public func convolutionWeightGradient(
  _ input: UnsafePointer<Float>, images: Int = 1, outputGradient: UnsafePointer<Float>, _ shape: ConvolutionShape,
  weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
  scratch: UnsafeMutablePointer<Float>
) {
  let (positions, inputs) = (shape.OH * shape.OW, shape.C * shape.H * shape.W)
  forEachProduct(images, shape) { group in
    let gradient = outputGradient + group.lowerBound * shape.K * positions
    for image in 0..<group.count {
      for k in 0..<shape.K { biasGradient[k] += sum(gradient + (image * shape.K + k) * positions, count: positions) }
    }
    if group.count > 1 {
      let width = group.count * positions
      let columns = unroll(input + group.lowerBound * inputs, images: group.count, shape, scratch)
      let gathered = scratch + shape.columnRows * width
      gather(gradient, images: group.count, shape, gathered)
      gemm(
        transposeB: true, m: shape.K, n: shape.columnRows, k: width, gathered, lda: width, columns, ldb: width, beta: 1,
        weightGradient, ldc: shape.columnRows)
    } else {
      forEachBlock(shape) { rows in
        let (columns, stride) = unroll(input + group.lowerBound * inputs, shape, rows, scratch)
        gemm(
          transposeB: true, m: shape.K, n: shape.columnRows, k: rows.count * shape.OW,
          gradient + rows.lowerBound * shape.OW, lda: positions, columns, ldb: stride, beta: 1, weightGradient,
          ldc: shape.columnRows)
      }
    }
  }
}

/// The gradient with respect to the images: `[images, C, H, W]`, overwritten.
public func convolutionInputGradient(
  outputGradient: UnsafePointer<Float>, images: Int = 1, weight: UnsafePointer<Float>, _ shape: ConvolutionShape,
  _ inputGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
) {
  let (positions, inputs) = (shape.OH * shape.OW, shape.C * shape.H * shape.W)
  inputGradient.update(repeating: 0, count: images * inputs)
  forEachProduct(images, shape) { group in
    let gradient = outputGradient + group.lowerBound * shape.K * positions
    let target = inputGradient + group.lowerBound * inputs
    if group.count > 1 {
      let width = group.count * positions
      let gathered = scratch + shape.columnRows * width
      gather(gradient, images: group.count, shape, gathered)
      gemm(
        transposeA: true, m: shape.columnRows, n: width, k: shape.K, weight, lda: shape.columnRows, gathered,
        ldb: width,
        beta: 0, scratch, ldc: width)
      for image in 0..<group.count {
        col2im(scratch + image * positions, shape, rows: 0..<shape.OH, target + image * inputs, stride: width)
      }
    } else {
      forEachBlock(shape) { rows in
        let block = rows.count * shape.OW
        gemm(
          transposeA: true, m: shape.columnRows, n: block, k: shape.K, weight, lda: shape.columnRows,
          gradient + rows.lowerBound * shape.OW, ldb: positions, beta: 0, scratch, ldc: block)
        col2im(scratch, shape, rows: rows, target, stride: block)
      }
    }
  }
}

private func forEachProduct(_ images: Int, _ shape: ConvolutionShape, _ body: (Range<Int>) -> Void) {
  let step = shape.imagesPerProduct
  for first in stride(from: 0, to: images, by: step) { body(first..<min(first + step, images)) }
}

private func forEachBlock(_ shape: ConvolutionShape, _ body: (Range<Int>) -> Void) {
  let step = shape.rowsPerBlock
  for first in stride(from: 0, to: shape.OH, by: step) { body(first..<min(first + step, shape.OH)) }
}

/// The column matrix of some output rows and the floats from one of its rows to the next. A 1×1 convolution needs no copy.
private func unroll(
  _ input: UnsafePointer<Float>, _ shape: ConvolutionShape, _ rows: Range<Int>, _ scratch: UnsafeMutablePointer<Float>
) -> (UnsafePointer<Float>, Int) {
  if shape.isPointwise { return (input + rows.lowerBound * shape.OW, shape.H * shape.W) }
  let stride = rows.count * shape.OW
  im2col(input, shape, rows: rows, scratch, stride: stride)
  return (UnsafePointer(scratch), stride)
}

/// The column matrix of whole images side by side: `[C·R·R, images·OH·OW]`.
private func unroll(
  _ input: UnsafePointer<Float>, images: Int, _ shape: ConvolutionShape, _ scratch: UnsafeMutablePointer<Float>
) -> UnsafePointer<Float> {
  let positions = shape.OH * shape.OW
  for image in 0..<images {
    im2col(
      input + image * shape.C * shape.H * shape.W, shape, rows: 0..<shape.OH, scratch + image * positions,
      stride: images * positions)
  }
  return UnsafePointer(scratch)
}

/// Output gradients of images side by side: `[images, K, OH·OW]` to `[K, images·OH·OW]`.
private func gather(
  _ gradient: UnsafePointer<Float>, images: Int, _ shape: ConvolutionShape, _ target: UnsafeMutablePointer<Float>
) {
  let positions = shape.OH * shape.OW
  for k in 0..<shape.K {
    for image in 0..<images {
      (target + (k * images + image) * positions).update(
        from: gradient + (image * shape.K + k) * positions, count: positions)
    }
  }
}
