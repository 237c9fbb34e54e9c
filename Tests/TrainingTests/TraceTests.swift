import Datasets
import Foundation
import Networks
import Testing
import Training

/// Rung 4 of the ladder: ten steps of the document's kinds of networks, beside what PyTorch computed.
@Suite struct TraceTests {
  struct Trace: Decodable, Sendable {
    struct Tensor: Decodable, Sendable {
      var largest: Double
      var norm: Double
      var sample: [Double]
    }
    var name: String
    var arch: String
    var ratio: Int
    var side: Int
    var batch: Int
    var learningRate: Double
    var momentum: Double
    var weightDecay: Double
    var losses: [Double]
    var tensors: [String: Tensor]
  }

  static let traces: [Trace] = {
    let path = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/traces.json"
    return try! JSONDecoder().decode([Trace].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }()

  @Test(arguments: traces.indices, KernelPath.allCases)
  func tenStepsAreAsPyTorchMakesThem(index: Int, kernels: KernelPath) throws {
    let trace = Self.traces[index]
    let network = try NetworkConfiguration(
      .architecture(try #require(Architecture(rawValue: trace.arch))), ratio: trace.ratio, dropout: 0
    ).build(input: .image(channels: 1, height: trace.side, width: trace.side), classes: 10)
    let trainer = try Trainer(
      configuration: TrainingConfiguration(
        network: network, epochs: 1, batchSize: trace.batch, learningRate: trace.learningRate,
        momentum: trace.momentum, weightDecay: trace.weightDecay, shuffle: false, threads: 2, kernels: kernels),
      dataset: noiseDataset(count: 10 * trace.batch, side: trace.side), side: trace.side,
      initialState: noiseState(network))
    var losses: [Double] = []
    let outcome = try trainer.run(shouldStop: { false }) { event in
      if case .step(let step) = event { losses.append(step.loss) }
    }
    #expect(outcome.completed)
    #expect(losses.count == 10)
    for (ours, theirs) in zip(losses, trace.losses) {
      #expect(abs(ours - theirs) <= 1e-4 * abs(theirs), "\(trace.name): loss \(ours), PyTorch's \(theirs)")
    }
    let state = trainer.state
    #expect(state.tensors.count == trace.tensors.count)
    for tensor in state.tensors {
      let expected = try #require(trace.tensors[tensor.key])
      for (place, value) in expected.sample.enumerated() {
        let ours = Double(tensor.values[place * (tensor.values.count - 1) / 99])
        #expect(
          abs(ours - value) <= 1e-3 * expected.largest, "\(trace.name), \(tensor.key)[\(place)]: \(ours), not \(value)")
      }
      let norm = tensor.values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(norm - expected.norm) <= 1e-3 * expected.norm, "\(trace.name), \(tensor.key): norm \(norm)")
    }
  }
}
