import Files
import Foundation
import Journals
import Store

import Evidence
import Notebooks
import Rendering
import Testing

/// A store with a few runs, and a notebook over them; gone afterwards.
final class EvidenceStore {
  let folder = NSTemporaryDirectory() + "vgglab-evidence-\(UUID().uuidString)"
  var path: String { "\(folder)/store" }
  private(set) var runs: [String] = []

  init() { try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static let notebook = """
    ---
    title: Two sizes
    lang: en
    parameters: {experiment: resize}
    ---

    ```{query pair}
    --| view: true
    SELECT * FROM trial_summary WHERE experiment = :experiment
    ```

    ```{query effect}
    SELECT l.test_accuracy - s.test_accuracy AS gain, s.examples_per_second AS rate
    FROM pair AS l, pair AS s WHERE l.trial = 'large' AND s.trial = 'small'
    ```

    The large pictures gain {{effect.gain | points}} at {{effect.rate | %.1f}} images a second.

    ```{table results}
    --| caption: What came out.
    SELECT trial, test_accuracy, train_loss, parameters FROM pair ORDER BY trial
    ```

    ```{curves training}
    --| caption: Curves.
    SELECT p.trial, m.name AS metric, m.epoch, m.value FROM pair AS p JOIN latest_metric AS m ON m.run = p.run
    WHERE m.name IN ('train_loss', 'test_accuracy') AND p.trial <> 'extra' ORDER BY p.trial, m.name, m.step
    ```

    ```{claim larger}
    --| says: Large pictures are better.
    SELECT l.test_accuracy > s.test_accuracy AS holds FROM pair AS l, pair AS s
    WHERE l.trial = 'large' AND s.trial = 'small'
    ```

    """

  static func chinese() -> String {
    notebook.replacing("title: Two sizes\nlang: en", with: "title: 两种尺寸\nlang: zh")
  }

  /// Adds a run whose figures follow from its accuracy.
  @discardableResult
  func add(
    _ trial: String, accuracy: Double, day: Int, experiment: String = "resize", profile: String? = nil,
    digit: String? = nil, end: JournalRecord? = nil, artifact: (name: String, data: Data, digest: String)? = nil
  ) throws -> String {
    let digit = digit ?? ["small": "a", "large": "b", "odd": "c"][trial] ?? "d"
    let id = String(repeating: digit, count: 32)
    let run = try RunFolder.create(store: path, trialID: id)
    let at = "2026-01-0\(day)T00:00:00.000Z"
    var records: [JournalRecord] = [
      .run(
        RunRecord(
          run: run.run, experiment: experiment, question: "What does it change?", profile: profile, trial: trial,
          trialID: id, configuration: Self.configuration, reductions: [], seed: 0, epochs: 2, createdAt: at)),
      .attempt(
        AttemptRecord(
          attempt: 1, startedAt: at,
          environment: EnvironmentRecord(
            vgglabVersion: "0.1.0", binaryDigest: "d", gitCommit: "c", gitDirty: false, host: "here", processID: 1,
            operatingSystem: "Debian", cpu: "CPU", cores: 2, threads: 2, kernels: "fast", instructionSet: "x86-64-v3",
            blas: "OpenBLAS", blasCore: "Haswell", dataDigests: [:]))),
      .network(
        NetworkRecord(
          arch: "vgg11", ratio: 4, input: "1x96x96", classes: 10, parameters: 22_121_802, multiplyAdds: 107_798_528,
          activationFloats: 776_842, printed: "Sequential()", shapeWalk: "walk", layers: [])),
    ]
    // Such that the running means of an epoch's 20 steps are the train losses.
    func stepLoss(_ step: Int) -> Double {
      let place = Double((step - 1) % 20 + 1)
      let before = place > 1 ? (place - 1) * (3 - accuracy) / Double(step - 1) : 0
      return place * (3 - accuracy) / Double(step) - before
    }
    for step in 1...40 {
      let epoch = Double(step) / 20
      var metrics = [
        MetricRecord(name: "step_loss", step: step, epoch: epoch, value: stepLoss(step)),
        MetricRecord(name: "train_loss", step: step, epoch: epoch, value: (3 - accuracy) / Double(step)),
      ]
      if step % 20 == 0 {
        metrics.append(
          MetricRecord(name: "test_accuracy", step: step, epoch: epoch, value: accuracy - (step == 20 ? 0.125 : 0)))
        metrics.append(MetricRecord(name: "examples_per_second", step: step, epoch: epoch, value: 100 / accuracy))
      }
      records.append(.metric(metrics))
    }
    if let artifact {
      try artifact.data.write(to: URL(fileURLWithPath: "\(run.path)/\(artifact.name).u8"))
      records.append(
        .artifact(
          ArtifactRecord(
            name: artifact.name, path: try #require(PlainName("\(artifact.name).u8")), bytes: artifact.data.count,
            digest: artifact.digest)))
    }
    records.append(
      end
        ?? .end(
          EndRecord(outcome: .completed, at: at, trainingSeconds: 50, seconds: 60, peakResidentBytes: 1 << 30)))
    try JournalWriter(folder: run).append(records)
    runs.append(run.run)
    return run.run
  }

  /// An older and a newer run of a trial, one of another, one that failed, one of a profile, one of another experiment.
  func fill() throws -> Store {
    try add("small", accuracy: 0.5, day: 1)
    try add("small", accuracy: 0.625, day: 2)
    try add("large", accuracy: 0.75, day: 3)
    try add(
      "odd", accuracy: 0.9, day: 4,
      end: .end(
        EndRecord(
          outcome: .failed, cause: "no <memory>", at: "t", trainingSeconds: 1, seconds: 2, peakResidentBytes: 3)))
    try add("deep", accuracy: 0.8, day: 5, experiment: "depth")
    return try open()
  }

  func open() throws -> Store {
    let store = try Store.open(at: path, access: .readWrite, create: true)
    _ = try store.ingest()
    return store
  }

  func render(_ store: Store, _ text: String = notebook) throws -> CheckableReport {
    try buildReport(NotebookSource(file: "/somewhere/note.md", text: text), store: store, version: "1.2.3")
  }

  private static let configuration = """
    {"dataset":{"name":"fashion-mnist","resize":96,"test":null,"train":null},"network":{"arch":"vgg11","dropout":0.5,\
    "init":"xavier","ratio":4},"training":{"batch_size":32,"epochs":2,"learning_rate":0.01,"max_steps":null,\
    "momentum":0.9,"seed":0,"shuffle":true,"weight_decay":0.0}}
    """
}
