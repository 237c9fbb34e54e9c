import Foundation
import Journals
import Store

/// A store's folder that is gone afterwards.
final class TemporaryStore {
  let path = NSTemporaryDirectory() + "vgglab-store-\(UUID().uuidString)"
  deinit {
    chmod(path, 0o755)
    try? FileManager.default.removeItem(atPath: path)
  }

  func open() throws -> Store { try Store.open(at: path, access: .readWrite, create: true) }

  /// A run that says what `records` tell, behind its first record.
  @discardableResult
  func addRun(
    trial: String = "vgg11-small-96", trialID: String = String(repeating: "ab", count: 31),
    experiment: String = "resize", seed: UInt64 = .max, createdAt: String = "2026-01-01T00:00:00.000Z",
    configuration: String = Samples.configuration,
    _ records: [JournalRecord] = []
  ) throws -> RunFolder {
    let folder = try RunFolder.create(store: path, trialID: trialID)
    let journal = try JournalWriter(folder: folder)
    var run = Samples.run(folder.run, trial, trialID, createdAt)
    (run.experiment, run.seed, run.configuration) = (experiment, seed, configuration)
    try journal.append([.run(run)] + records)
    return folder
  }
}

enum Samples {
  static let configuration = """
    {"dataset":{"name":"fashion-mnist","resize":96,"test":1000,"train":4096},"network":{"arch":"vgg11","dropout":0.5,\
    "init":"xavier","ratio":4},"training":{"batch_size":32,"epochs":2,"learning_rate":0.01,"max_steps":null,\
    "momentum":0.9,"seed":18446744073709551615,"shuffle":true,"weight_decay":0.0}}
    """

  static func run(_ id: String, _ trial: String, _ trialID: String, _ createdAt: String) -> RunRecord {
    RunRecord(
      run: id, experiment: "resize", question: "What does it change?", profile: "quick", trial: trial,
      trialID: trialID, configuration: configuration,
      reductions: [ReductionRecord(key: "training.epochs", full: "10", used: "2")], seed: .max, epochs: 2,
      createdAt: createdAt)
  }

  static func environment(threads: Int = 2) -> EnvironmentRecord {
    EnvironmentRecord(
      vgglabVersion: "0.1.0", binaryDigest: "d1", gitCommit: "c1", gitDirty: true, host: "here", bootID: "b",
      processID: 42, processStart: 7, operatingSystem: "Debian", cpu: "CPU", cores: 4, threads: threads,
      kernels: "reference", instructionSet: "x86-64-v3", blas: "OpenBLAS", blasCore: "Haswell",
      dataDigests: ["train": "aa", "test": "bb"])
  }

  static func attempt(_ number: Int = 1) -> JournalRecord {
    .attempt(AttemptRecord(attempt: number, startedAt: "2026-01-01T00:00:01.000Z", environment: environment()))
  }

  static let network = JournalRecord.network(
    NetworkRecord(
      arch: "vgg11", ratio: 4, input: "1x96x96", classes: 10, parameters: 22_121_802, multiplyAdds: 107_798_528,
      activationFloats: 776_842, printed: "Sequential()", shapeWalk: "walk",
      layers: [
        LayerRecord(
          path: "0.0", child: 0, type: "Conv2d", printed: "Conv2d(1, 16)", outputShape: "16x96x96", parameters: 160,
          multiplyAdds: 1_327_104, activationFloats: 147_456),
        LayerRecord(
          path: "6", child: 6, type: "Linear", printed: "Linear()", outputShape: "4096", parameters: 22_121_642,
          multiplyAdds: 106_471_424, activationFloats: 4096),
      ]))

  static func metrics(_ step: Int, epoch: Double, testAccuracy: Double? = nil) -> JournalRecord {
    var metrics = [
      MetricRecord(name: "step_loss", step: step, epoch: epoch, value: 2.3 / Double(step)),
      MetricRecord(name: "train_loss", step: step, epoch: epoch, value: 2.3 / Double(step)),
      MetricRecord(name: "train_accuracy", step: step, epoch: epoch, value: 0.1 * Double(step)),
    ]
    if let testAccuracy {
      metrics.append(MetricRecord(name: "test_accuracy", step: step, epoch: epoch, value: testAccuracy))
      metrics.append(MetricRecord(name: "examples_per_second", step: step, epoch: epoch, value: 321.5))
    }
    return .metric(metrics)
  }

  static let layerMetrics = JournalRecord.layerMetric([
    LayerMetricRecord(position: 0, name: "forward_seconds", step: 1, value: 0.25),
    LayerMetricRecord(position: 1, name: "forward_seconds", step: 1, value: 0.125),
    LayerMetricRecord(position: 1, name: "output_rms", step: 0, value: .infinity),
  ])

  static let completed = JournalRecord.end(
    EndRecord(
      outcome: .completed, at: "2026-01-01T00:10:00.000Z", trainingSeconds: 500, seconds: 599,
      peakResidentBytes: 1 << 30))

  static var whole: [JournalRecord] {
    [
      attempt(), network, metrics(1, epoch: 0.5), metrics(2, epoch: 1, testAccuracy: 0.625), layerMetrics,
      .event(EventRecord(at: "t", kind: "note", message: "'; DROP TABLE run; --")),
      .artifact(ArtifactRecord(name: "last", path: "last.safetensors", bytes: 9, digest: "ff")), completed,
    ]
  }
}
