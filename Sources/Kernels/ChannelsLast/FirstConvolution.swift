/// The first convolution of a VGG: 3×3, stride 1, one input channel; too little work for a transform.
///
/// Legend: H×W output, K stored output channels. The input is a padded picture of one channel; weight is `[9, K]`.
public struct FirstShape: Sendable, Hashable {
  public let H: Int
  public let W: Int
  public let K: Int

  public init(height: Int, width: Int, outChannels: Int) {
    H = height
    W = width
    K = storedChannels(outChannels)
  }
}

/// The nine products and the bias at one place, with the weights of 16 channels at hand.
private struct Taps {
  let w0, w1, w2, w3, w4, w5, w6, w7, w8: Lanes
  let offset: Lanes

  @inline(__always)
  init(_ w: UnsafePointer<Float>, _ K: Int, _ bias: UnsafePointer<Float>) {
    (w0, w1, w2) = (load(w), load(w + K), load(w + 2 * K))
    (w3, w4, w5) = (load(w + 3 * K), load(w + 4 * K), load(w + 5 * K))
    (w6, w7, w8) = (load(w + 6 * K), load(w + 7 * K), load(w + 8 * K))
    offset = load(bias)
  }

  @inline(__always)
  func at(_ corner: UnsafePointer<Float>, _ row: Int) -> Lanes {
    let (upper, lower) = (corner + row, corner + 2 * row)
    var sum = offset.addingProduct(w0, Lanes(repeating: corner[0]))
    var other = w1 * corner[1]
    sum.addProduct(w2, Lanes(repeating: corner[2]))
    other.addProduct(w3, Lanes(repeating: upper[0]))
    sum.addProduct(w4, Lanes(repeating: upper[1]))
    other.addProduct(w5, Lanes(repeating: upper[2]))
    sum.addProduct(w6, Lanes(repeating: lower[0]))
    other.addProduct(w7, Lanes(repeating: lower[1]))
    sum.addProduct(w8, Lanes(repeating: lower[2]))
    return sum + other
  }
}

/// output: the interior of `[H, W, K]`, or with pooling of `[H/2, W/2, K]`, then places `[H/2, W/2, K]` too unless nil.
public func firstConvolutionForward(
  _ shape: FirstShape, input: Plane, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>, _ epilogue: Epilogue,
  output: Plane, places: UnsafeMutablePointer<UInt8>?
) {
  let (K, row) = (shape.K, input.row)
  for k in stride(from: 0, to: K, by: 16) {
    let taps = Taps(weight + k, K, bias + k)
    if epilogue == .reluMaxPool {
      let OW = shape.W / 2
      for y in 0..<shape.H / 2 {
        let line = input.base + 2 * y * row
        for x in 0..<OW {
          let corner = line + 2 * x
          let (value, place) = largest(
            taps.at(corner, row), taps.at(corner + 1, row), taps.at(corner + row, row), taps.at(corner + row + 1, row),
            .zero)
          store(value, output.base + y * output.row + x * K + k)
          if let places { storePlaces(place, places + (y * OW + x) * K + k) }
        }
      }
    } else {
      for y in 0..<shape.H {
        let line = input.base + y * row
        let target = output.base + y * output.row + k
        for x in 0..<shape.W {
          let value = taps.at(line + x, row)
          store(epilogue == .relu ? rectified(value) : value, target + x * K)
        }
      }
    }
  }
}

/// Adds one picture's share to the gradients of weight `[9, K]` and bias `[K]`; of pictures ahead of `image` none is read.
public func firstConvolutionBackward(
  _ shape: FirstShape, input: Plane, _ source: OutputGradient, image: Int, _ epilogue: Epilogue,
  weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>
) {
  let (K, row) = (shape.K, input.row)
  let (gradient, output) = (source.gradient[image], source.output[image])
  let places = source.places.map { $0.base + image * $0.image }
  for k in stride(from: 0, to: K, by: 16) {
    let w = weightGradient + k
    var (t0, t1, t2) = (load(w), load(w + K), load(w + 2 * K))
    var (t3, t4, t5) = (load(w + 3 * K), load(w + 4 * K), load(w + 5 * K))
    var (t6, t7, t8) = (load(w + 6 * K), load(w + 7 * K), load(w + 8 * K))
    var sum = load(biasGradient + k)
    @inline(__always)
    func add(_ value: Lanes, _ corner: UnsafePointer<Float>) {
      let (upper, lower) = (corner + row, corner + 2 * row)
      sum += value
      t0.addProduct(value, Lanes(repeating: corner[0]))
      t1.addProduct(value, Lanes(repeating: corner[1]))
      t2.addProduct(value, Lanes(repeating: corner[2]))
      t3.addProduct(value, Lanes(repeating: upper[0]))
      t4.addProduct(value, Lanes(repeating: upper[1]))
      t5.addProduct(value, Lanes(repeating: upper[2]))
      t6.addProduct(value, Lanes(repeating: lower[0]))
      t7.addProduct(value, Lanes(repeating: lower[1]))
      t8.addProduct(value, Lanes(repeating: lower[2]))
    }
    if epilogue == .reluMaxPool {
      let OW = shape.W / 2
      for y in 0..<shape.H / 2 {
        for x in 0..<OW {
          let value = load(gradient.base + y * gradient.row + x * K + k)
          let place = loadPlaces(places! + (y * OW + x) * K + k)
          let corner = UnsafePointer(input.base + 2 * y * row + 2 * x)
          add(chosen(value, place, 0), corner)
          add(chosen(value, place, 1), corner + 1)
          add(chosen(value, place, 2), corner + row)
          add(chosen(value, place, 3), corner + row + 1)
        }
      }
    } else {
      for y in 0..<shape.H {
        let line = gradient.base + y * gradient.row + k
        let open = output.base + y * output.row + k
        for x in 0..<shape.W {
          let value = load(line + x * K)
          add(
            epilogue == .relu ? masked(value, by: load(open + x * K)) : value,
            UnsafePointer(input.base + y * row + x))
        }
      }
    }
    store(t0, w)
    store(t1, w + K)
    store(t2, w + 2 * K)
    store(t3, w + 3 * K)
    store(t4, w + 4 * K)
    store(t5, w + 5 * K)
    store(t6, w + 6 * K)
    store(t7, w + 7 * K)
    store(t8, w + 8 * K)
    store(sum, biasGradient + k)
  }
}
