import Networks
import Testing
import Training

/// The fast path beside the reference, over the kinds of networks there are and odd sizes.
@Suite struct FastPathTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var network: Network
    var batch: Int
  }

  /// How far apart two gradients are: the share of numbers that differ by more than `bound` of their tensor's largest,
  /// and the distance of the tensors farthest apart, relative to their norm.
  ///
  /// A ReLU or a maximum whose inputs differ by a rounding error may go the other way in one of the two, which moves the
  /// few numbers behind it by as much as they are; everything else agrees to the last bits.
  static func difference(
    _ ours: StateDictionary, _ theirs: StateDictionary, bound: Double
  ) -> (share: Double, distance: Double, key: String) {
    var (far, all) = (0, 0)
    var worst = (distance: 0.0, key: "")
    for (a, b) in zip(ours.tensors, theirs.tensors) {
      let largest = Double(b.values.reduce(0) { max($0, abs($1)) })
      var (apart, norm) = (0.0, 0.0)
      for (x, y) in zip(a.values, b.values) {
        let difference = abs(Double(x) - Double(y))
        if !(difference <= bound * largest) { far += 1 }
        apart += difference * difference
        norm += Double(y) * Double(y)
      }
      all += a.values.count
      let distance = norm == 0 ? apart : (apart / norm).squareRoot()
      if !(distance <= worst.distance) { worst = (distance, a.key) }
    }
    return (Double(far) / Double(all), worst.distance, worst.key)
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
  func gradientsAreTheReferences(_ one: Case) throws { try compare(one, within: 1e-5) }

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
        testDescription: "pooling, normalisation and ReLU before anything trainable, odd channels",
        network: try! Network(
          children: [
            .maxPool2d(MaxPool2d(kernelSize: 2, stride: 1)), .localResponseNorm(LocalResponseNorm(size: 3, k: 1)),
            .conv2d(Conv2d(3, 18, kernelSize: 3, padding: 1)), .maxPool2d(MaxPool2d(kernelSize: 3, stride: 1)),
            .flatten, .relu, .linear(Linear(18 * 4 * 5, 9)), .dropout(Dropout(probability: 0.3)), .relu,
            .linear(Linear(9, 300)),
          ], input: .image(channels: 3, height: 7, width: 8)), batch: 4),
      Case(
        testDescription: "pictures straight into a Linear layer",
        network: try! Network(
          children: [.flatten, .linear(Linear(2 * 5 * 7, 21)), .relu, .linear(Linear(21, 4))],
          input: .image(channels: 2, height: 5, width: 7)), batch: 33),
    ]

  @Test(arguments: networks)
  func gradientsOfWholeNetworksAreTheReferences(_ one: Case) throws { try compare(one, within: 1e-5) }

  @Test func theShortLastBatchOfAnEpochIsTheReferences() throws {
    // 60,000 pictures in batches of 128 leave 96.
    let network = Self.convolution(16, 32, 6, 6, kernel: 3, padding: 1, batch: 128).network
    let fast = try GradientProbe(network: network, batch: 128, threads: 2, kernels: .fast)
    let reference = try GradientProbe(network: network, batch: 128, kernels: .reference)
    let state = noiseState(network)
    for count in [128, 96] {
      let images = noise(count * network.input.count, salt: count)
      let labels = (0..<count).map { UInt8($0 % 5) }
      let ours = fast(state, images: images, labels: labels)
      let theirs = reference(state, images: images, labels: labels)
      #expect(abs(ours.loss - theirs.loss) <= 1e-5 * theirs.loss)
      let (share, distance, key) = Self.difference(ours.gradient, theirs.gradient, bound: 1e-4)
      #expect(share <= 0.2 && distance <= 0.15, "\(count) pictures: \(share) of the numbers, \(key) by \(distance)")
    }
  }

  private func compare(_ one: Case, within bound: Double) throws {
    let fast = try GradientProbe(network: one.network, batch: one.batch, threads: 2, kernels: .fast)
    let reference = try GradientProbe(network: one.network, batch: one.batch, threads: 1, kernels: .reference)
    let state = noiseState(one.network)
    // Twice, and with fewer pictures than the batch: nothing may be left over from the step before.
    for (turn, count) in [one.batch, max(1, one.batch - 1)].enumerated() {
      let images = noise(count * one.network.input.count, salt: 7 + turn)
      let labels = (0..<count).map { UInt8($0 * 3 % one.network.classes) }
      let ours = fast(state, images: images, labels: labels)
      let theirs = reference(state, images: images, labels: labels)
      #expect(abs(ours.loss - theirs.loss) <= bound * abs(theirs.loss))
      let (share, distance, key) = Self.difference(ours.gradient, theirs.gradient, bound: 1e-4)
      #expect(share <= 0.2, "\(share) of the numbers differ")
      #expect(distance <= 0.15, "\(key) is \(distance) of its norm away")
    }
  }
}
