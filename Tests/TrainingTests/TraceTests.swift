import Datasets
import Foundation
import Networks
import Testing
import Training

/// Rung 4 of the ladder: ten steps of the document's kinds of networks, beside PyTorch in float64.
///
/// A training amplifies roundings, so an absolute tolerance would be blind or random. Ours may be three times as far from
/// float64 as the farthest of PyTorch's own float32 programs. What is compared is each tensor's displacement from its
/// start: most weights move by less than a thousandth of themselves in ten steps.
@Suite struct TraceTests {
  struct Trace: Decodable, Sendable {
    struct Tensor: Decodable, Sendable {
      /// Of the displacement in float64.
      var norm: Double
      var projections: [Double]
      var samples: [Double]
      /// Of PyTorch's farthest float32 program: the norm of the difference relative to `norm`, and its largest element.
      var distance: Double
      var farthest: Double
    }
    var name: String
    var arch: String
    var ratio: Int
    var side: Int
    var batch: Int
    /// Of the images' noise.
    var salt: Int
    var learningRate: Double
    var momentum: Double
    var weightDecay: Double
    var losses: [Double]
    var lossDistance: Double
    var tensors: [String: Tensor]
  }

  static let traces: [Trace] = {
    let path = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/traces.json"
    return try! JSONDecoder().decode([Trace].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }()

  /// How many times as far from float64 as PyTorch's float32 programs ours may be.
  static let allowance = 3.0

  /// How far a displacement is from the trace's, relative to its norm: estimated from the projections, each of which is a
  /// sum under pseudo-random signs, so that the mean of the squares of their differences is that of the whole.
  static func distance(_ displacement: [Double], _ expected: Trace.Tensor) -> Double {
    let ours = projections(displacement, count: expected.projections.count)
    let squares = zip(ours, expected.projections).map { ($0 - $1) * ($0 - $1) }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot() / expected.norm
  }

  static func projections(_ values: [Double], count: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    for (index, value) in values.enumerated() {
      let bits = hashed(index, salt: 4242)
      for k in 0..<count { sums[k] += bits >> UInt32(31 - k) & 1 == 1 ? -value : value }
    }
    return sums
  }

  /// From one examined element of a tensor to the next, as the script that makes the traces has it.
  static func stride(_ count: Int) -> Int {
    var step = count / 100_000 | 1
    while [3, 5, 7, 11].contains(where: { step % $0 == 0 }) { step += 2 }
    return step
  }

  @Test(arguments: traces.indices, KernelPath.allCases)
  func tenStepsAreAsNearToFloat64AsPyTorchs(index: Int, kernels: KernelPath) throws {
    let trace = Self.traces[index]
    let network = try NetworkConfiguration(
      .architecture(try #require(Architecture(rawValue: trace.arch))), ratio: trace.ratio, dropout: 0
    ).build(input: .image(channels: 1, height: trace.side, width: trace.side), classes: 10)
    let start = noiseState(network)
    let trainer = try Trainer(
      configuration: TrainingConfiguration(
        network: network, epochs: 1, batchSize: trace.batch, learningRate: trace.learningRate,
        momentum: trace.momentum, weightDecay: trace.weightDecay, shuffle: false, threads: 2, kernels: kernels),
      dataset: noiseDataset(count: 10 * trace.batch, side: trace.side, salt: trace.salt), side: trace.side,
      initialState: start)
    var losses: [Double] = []
    let outcome = try trainer.run(shouldStop: { false }) { event in
      if case .step(let step) = event { losses.append(step.loss) }
    }
    #expect(outcome.completed)
    #expect(losses.count == 10)
    for (step, (ours, exact)) in zip(losses, trace.losses).enumerated() {
      #expect(
        abs(ours - exact) <= Self.allowance * trace.lossDistance,
        "\(trace.name): the loss of step \(step + 1) is \(ours), in float64 \(exact)")
    }
    let state = trainer.state
    #expect(state.tensors.count == trace.tensors.count)
    for (tensor, first) in zip(state.tensors, start.tensors) {
      let expected = try #require(trace.tensors[tensor.key])
      let displacement = Swift.stride(from: 0, to: tensor.values.count, by: Self.stride(tensor.values.count)).map {
        Double(tensor.values[$0]) - Double(first.values[$0])
      }
      let distance = Self.distance(displacement, expected)
      #expect(
        distance <= Self.allowance * expected.distance,
        "\(trace.name), \(tensor.key): \(distance) of the displacement away, PyTorch \(expected.distance)")
      let last = expected.samples.count - 1
      for (place, exact) in expected.samples.enumerated() {
        let ours = displacement[place * (displacement.count - 1) / last]
        #expect(
          abs(ours - exact) <= Self.allowance * expected.farthest,
          "\(trace.name), \(tensor.key), sample \(place): moved by \(ours), in float64 by \(exact)")
      }
    }
  }

  @Test func noTraceIsBlind() {
    // A layer that is still is 1 away, a gradient off by a tenth 0.1.
    for trace in Self.traces {
      for (key, tensor) in trace.tensors {
        #expect(tensor.norm > 0 && Self.allowance * tensor.distance < 0.02, "\(trace.name), \(key)")
        #expect(Self.distance([], tensor) > 0.5, "\(trace.name), \(key)")
      }
    }
  }
}
