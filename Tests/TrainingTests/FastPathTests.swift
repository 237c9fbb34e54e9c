import Networks
import Testing
import Training

/// Rung 3 of the ladder: the fast kernels' gradients beside those of the BLAS kernels, over the kinds of networks there are and
/// odd sizes, on images without ties.
@Suite struct FastPathTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var network: Network
    var batch: Int
  }

  /// How far apart two gradients may be, relative to a tensor's norm, and a number of them, relative to its largest.
  static let bound = 1e-4

  /// The tensor that two gradients are farthest apart in: by the norm of the difference, and by its largest number.
  static func difference(
    _ ours: StateDictionary, _ theirs: StateDictionary
  ) -> (norm: Double, largest: Double, key: String) {
    var worst = (norm: 0.0, largest: 0.0, key: "")
    for (a, b) in zip(ours.tensors, theirs.tensors) {
      var (apart, norm, farthest, largest) = (0.0, 0.0, 0.0, 0.0)
      for (x, y) in zip(a.values, b.values) {
        let difference = abs(Double(x) - Double(y))
        apart += difference * difference
        norm += Double(y) * Double(y)
        farthest = max(farthest, difference)
        largest = max(largest, abs(Double(y)))
      }
      // Not `max`: a NaN has to come out.
      let one = norm == 0 ? (apart, farthest) : ((apart / norm).squareRoot(), farthest / largest)
      if !(one.0 <= worst.norm) { worst = (one.0, max(worst.largest, one.1), a.key) }
      if !(one.1 <= worst.largest) { worst.largest = one.1 }
    }
    return worst
  }

  static func convolution(
    _ channels: Int, _ out: Int, _ height: Int, _ width: Int, kernel: Int, stride: Int = 1, padding: Int,
    pool: MaxPool2d? = nil, relu: Bool = true, batch: Int = 3, first: Int = 1
  ) -> Case {
    // A 1×1 convolution in front makes the one under test need an input gradient.
    var children: [Module] = [.conv2d(Conv2d(first, channels, kernelSize: 1))]
    var shape = try! Module.sequential(children).outputShape(of: .image(channels: first, height: height, width: width))
    var added: [Module] = [.conv2d(Conv2d(channels, out, kernelSize: kernel, stride: stride, padding: padding))]
    if relu { added.append(.relu) }
    if let pool { added.append(.maxPool2d(pool)) }
    shape = try! Module.sequential(added).outputShape(of: shape)
    children += added + [.flatten, .linear(Linear(shape.count, 5))]
    return Case(
      testDescription:
        "\(channels)x\(height)x\(width) to \(out), kernel \(kernel)/\(stride)+\(padding)\(pool.map { ", pool \($0.kernelSize)/\($0.stride)" } ?? "")\(relu ? "" : ", no ReLU"), batch \(batch)",
      network: try! Network(children: children, input: .image(channels: first, height: height, width: width)),
      batch: batch)
  }

  static let convolutions: [Case] =
    (1...17).map { convolution(16, 32, $0, 18 - $0, kernel: 3, padding: 1) }
    + (2...17).map { convolution(5, 7, $0, 19 - $0, kernel: 3, padding: 1, pool: MaxPool2d(kernelSize: 2, stride: 2)) }
    + (5...17).map { convolution(20, 3, $0, 21 - $0, kernel: 5, padding: 2) }
    + [
      convolution(33, 48, 14, 14, kernel: 3, padding: 1, batch: 1),
      convolution(33, 48, 14, 13, kernel: 3, padding: 1, pool: MaxPool2d(kernelSize: 2, stride: 2), batch: 19),
      convolution(64, 64, 40, 40, kernel: 3, padding: 1, batch: 2),
      convolution(16, 16, 9, 11, kernel: 3, padding: 1, relu: false),
      convolution(16, 16, 9, 11, kernel: 3, padding: 0),
      convolution(16, 16, 9, 11, kernel: 3, padding: 2, pool: MaxPool2d(kernelSize: 3, stride: 2)),
      convolution(16, 32, 13, 12, kernel: 5, padding: 2, pool: MaxPool2d(kernelSize: 3, stride: 2)),
      convolution(16, 32, 13, 12, kernel: 5, padding: 2, pool: MaxPool2d(kernelSize: 2, stride: 2)),
      convolution(3, 32, 13, 12, kernel: 3, stride: 2, padding: 1),
      convolution(17, 30, 13, 12, kernel: 4, stride: 3, padding: 2, pool: MaxPool2d(kernelSize: 2, stride: 1)),
      convolution(24, 40, 6, 9, kernel: 1, padding: 0),
      convolution(24, 40, 6, 9, kernel: 1, padding: 0, pool: MaxPool2d(kernelSize: 2, stride: 2)),
      convolution(24, 40, 12, 12, kernel: 7, stride: 1, padding: 3, relu: false, first: 3),
    ]

  @Test(arguments: convolutions)
  func gradientsOfConvolutionsAreEqual(_ one: Case) throws {
    try compare(one.network, batch: one.batch, counts: [one.batch, max(1, one.batch - 1)])
  }

  static let networks: [Case] =
    LadderTests.small.map { Case(testDescription: $0.name, network: $0.network, batch: 3) }
    + [
      (Architecture.vgg11, 16, 32, 5), (.vgg11, 4, 96, 2), (.vgg11, 32, 64, 17), (.vgg13, 8, 64, 3),
      (.vgg16, 8, 64, 3), (.vgg16OneByOne, 8, 64, 3), (.vgg19, 16, 64, 3), (.vgg11LRN, 8, 64, 3), (.alexnet, 1, 75, 3),
      (.alexnet, 4, 111, 9), (.vgg19, 4, 32, 2),
    ].map { arch, ratio, side, batch in
      Case(
        testDescription: "\(arch.rawValue), ratio \(ratio), \(side) pixels, batch \(batch)",
        network: try! NetworkConfiguration(.architecture(arch), ratio: ratio)
          .build(input: .image(channels: 1, height: side, width: side), classes: 10), batch: batch)
    }
    + [
      Case(
        testDescription: "pooling, normalization and ReLU before anything trainable, odd channels",
        network: try! Network(
          children: [
            .maxPool2d(MaxPool2d(kernelSize: 2, stride: 1)), .localResponseNorm(LocalResponseNorm(size: 3, k: 1)),
            .conv2d(Conv2d(3, 18, kernelSize: 3, padding: 1)), .maxPool2d(MaxPool2d(kernelSize: 3, stride: 1)),
            .flatten, .relu, .linear(Linear(18 * 4 * 5, 9)), .dropout(Dropout(probability: 0.3)), .relu,
            .linear(Linear(9, 300)),
          ], input: .image(channels: 3, height: 7, width: 8)), batch: 4),
      Case(
        testDescription: "images straight into a Linear layer",
        network: try! Network(
          children: [.flatten, .linear(Linear(2 * 5 * 7, 21)), .relu, .linear(Linear(21, 4))],
          input: .image(channels: 2, height: 5, width: 7)), batch: 33),
    ]

  @Test(arguments: networks)
  func gradientsOfNetworksAreEqual(_ one: Case) throws {
    try compare(one.network, batch: one.batch, counts: [one.batch, max(1, one.batch - 1)])
  }

  @Test func gradientsOfAShortLastBatchAreEqual() throws {
    // 60,000 images in batches of 128 leave 96.
    try compare(
      Self.convolution(16, 32, 6, 6, kernel: 3, padding: 1, batch: 128).network, batch: 128, counts: [128, 96])
  }

  /// One after the other with the same engine: nothing may be left over from the step before.
  private func compare(_ network: Network, batch: Int, counts: [Int]) throws {
    let fast = try GradientProbe(network: network, batch: batch, threads: 2, kernels: .fast)
    let blas = try GradientProbe(network: network, batch: batch, threads: 1, kernels: .blas)
    let state = noiseState(network)
    for count in counts {
      let inputs = try #require(
        SteadyInputs(network, state: state, count: count, blas), "no images without a tie in \(count) were found")
      let ours = fast(state, images: inputs.images, labels: inputs.labels)
      #expect(abs(ours.loss - inputs.loss) <= 1e-5 * abs(inputs.loss))
      let (norm, largest, key) = Self.difference(ours.gradient, inputs.gradient)
      #expect(norm <= Self.bound, "\(key) is \(norm) of its norm away")
      #expect(largest <= Self.bound, "a number is \(largest) of its tensor's largest away")
    }
  }
}
