import Digests
import Foundation
import Journals
import Runs
import Store
import Terminal
import Testing
import Text

@Suite struct ComparisonTests {
  /// A store's folder that is gone afterwards, and completed runs in it.
  final class Fixture {
    let path = NSTemporaryDirectory() + "vgglab-lab-\(UUID().uuidString)"
    let store: Store

    init() throws { store = try Store.open(at: path, access: .readWrite, create: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func add(
      _ trial: String, resize: Int, seed: Int, accuracy: Double, predictions: [UInt8]? = nil, spoiled: Bool = false,
      threads: Int = 1, isRunning: Bool = false
    ) throws -> RunSummary {
      let folder = try RunFolder.create(store: path, trialID: "abcdef01")
      var records: [JournalRecord] = [
        .run(
          RunRecord(
            run: folder.run, experiment: "resize", question: "?", trial: trial, trialID: "\(resize)-\(seed)",
            configuration:
              "{\"dataset\":{\"resize\":\(resize)},\"network\":{\"arch\":\"vgg11\"},\"training\":{\"epochs\":2,\"seed\":\(seed)}}",
            reductions: [ReductionRecord(key: "training.epochs", full: "10", used: "2")], seed: UInt64(seed), epochs: 2,
            createdAt: "2026-01-0\(1 + seed)T00:00:00.000Z")),
        .attempt(
          AttemptRecord(
            attempt: 1, startedAt: "t",
            environment: EnvironmentRecord(
              vgglabVersion: "0", binaryDigest: "b", host: "h", processID: 1, operatingSystem: "o", cpu: "c", cores: 1,
              threads: threads, kernels: "fast", instructionSet: "i", blas: "b", blasCore: "c", dataDigests: [:]))),
        .metric([MetricRecord(name: "test_accuracy", step: 8, epoch: 2, value: accuracy)]),
      ]
      if isRunning {
        records.append(
          .metric(
            (1...8).map { MetricRecord(.trainLoss, step: $0, epoch: Double($0) / 8, value: 2.3 / Double($0)) } + [
              MetricRecord(.stepLoss, step: 8, epoch: 1, value: 0.3)
            ]))
      }
      if let predictions {
        let data = Data(predictions)
        try data.write(to: URL(fileURLWithPath: "\(folder.path)/predictions.u8"))
        records.append(
          .artifact(
            ArtifactRecord(
              name: "predictions", path: "predictions.u8", bytes: data.count,
              digest: spoiled ? "0" : sha256Hex(data))))
      }
      if !isRunning {
        records.append(
          .end(EndRecord(outcome: .completed, at: "t", trainingSeconds: 1, seconds: 2, peakResidentBytes: 3)))
      }
      try JournalWriter(folder: folder).append(records)
      #expect(try store.ingest().isEmpty)
      return try store.run(matching: folder.run)
    }
  }

  @Test func seedsAreGroupedAndDifferencesPaired() throws {
    let fixture = try Fixture()
    var runs: [RunSummary] = []
    for seed in 0..<3 {
      runs.append(try fixture.add("large seed=\(seed)", resize: 224, seed: seed, accuracy: [0.91, 0.93, 0.92][seed]))
      runs.append(try fixture.add("small seed=\(seed)", resize: 96, seed: seed, accuracy: [0.90, 0.91, 0.91][seed]))
    }
    let comparison = try compare(runs + runs, in: fixture.store)
    #expect(comparison.groups.map(\.name) == ["large", "small"] && comparison.groups.allSatisfy { !$0.is_single })
    #expect(comparison.parameters.map(\.key) == ["dataset.resize"] && comparison.parameters[0].values == ["224", "96"])
    let metric = try #require(comparison.metrics.first)
    #expect(metric.name == "test_accuracy" && metric.values.map { $0?.count } == [3, 3])
    #expect(abs((metric.values[0]?.mean ?? 0) - 0.92) < 1e-12)
    let difference = try #require(metric.differences[1])
    // Differences -0.01, -0.02, -0.01.
    #expect(difference.count == 3 && abs(difference.mean + 0.04 / 3) < 1e-12)
    #expect(abs((difference.low ?? 0) + 0.02767551) < 1e-6, "\(difference)")
    #expect(comparison.text.contains("95 %") && !comparison.text.contains("single"))
  }

  @Test func fewCommonSeedsAreCounted() throws {
    let fixture = try Fixture()
    var runs: [RunSummary] = []
    for seed in 0..<3 {
      runs.append(try fixture.add("large seed=\(seed)", resize: 224, seed: seed, accuracy: 0.9 + Double(seed) / 100))
    }
    for seed in 1..<5 {
      runs.append(
        try fixture.add("small seed=\(seed)", resize: 96, seed: seed, accuracy: 0.8 + Double(seed * seed) / 100))
    }
    let text = try compare(runs, in: fixture.store).text
    #expect(text.contains("B - A: 2 seeds in common, of 3 and 4."), "\(text)")
    #expect(try !compare(Array(runs[1..<5]), in: fixture.store).text.contains("in common"))
  }

  @Test func singleRunsAreMarked() throws {
    let fixture = try Fixture()
    let runs = [
      try fixture.add("large", resize: 224, seed: 0, accuracy: 0.92),
      try fixture.add("small\u{1B}[31m", resize: 96, seed: 1, accuracy: 0.9, threads: 2),
    ]
    let comparison = try compare(runs, in: fixture.store, question: "Does it matter?")
    #expect(comparison.groups.map(\.is_single) == [true, true])
    #expect(comparison.metrics[0].differences[1]?.count == 0)
    let text = comparison.text
    #expect(
      text.contains("all: runs 1") && text.contains("A trial with a single run")
        && text.contains("-0.020 (not paired)"), "\(text)")
    #expect(text.hasPrefix("Does it matter?\n") && !text.contains("\u{1B}") && text.contains("\\u{1b}[31m"))
    #expect(comparison.remarks == ["threads differ: A 1, B 2"])
    #expect(throws: RunsError.self) { try compare([runs[0], runs[0]], in: fixture.store) }
  }

  @Test func predictionsAreComparedWhereBothWereKept() throws {
    let fixture = try Fixture()
    // Class and label: the first gets 4 of 6 right, the second 2, of them one that the first missed.
    let one: [UInt8] = [1, 1, 2, 2, 3, 3, 4, 4, 0, 5, 0, 6]
    let other: [UInt8] = [1, 1, 0, 2, 0, 3, 0, 4, 5, 5, 0, 6]
    let runs = [
      try fixture.add("a", resize: 224, seed: 0, accuracy: 0.9, predictions: one),
      try fixture.add("b", resize: 96, seed: 0, accuracy: 0.8, predictions: other),
      try fixture.add("c", resize: 64, seed: 0, accuracy: 0.8),
      try fixture.add("d", resize: 48, seed: 0, accuracy: 0.8, predictions: other, spoiled: true),
      try fixture.add("e", resize: 32, seed: 0, accuracy: 0.8, predictions: [1, 1]),
    ]
    let comparison = try compare(runs, in: fixture.store)
    #expect(comparison.agreements.count == 1)
    let agreement = try #require(comparison.agreements.first)
    #expect(agreement.examples == 6 && agreement.both_right == 1)
    #expect(agreement.only_first_right == 3 && agreement.only_second_right == 1 && abs(agreement.p - 0.625) < 1e-12)
    #expect(comparison.remarks.count == 2)
    #expect(comparison.remarks[0].contains("SHA-256") && comparison.remarks[1].contains("different images"))
  }

  @Test func whatIsNotTheDefaultIsMarked() throws {
    let fixture = try Fixture()
    try fixture.add("large", resize: 224, seed: 0, accuracy: 0.92)
    let run = try fixture.add("small", resize: 96, seed: 1, accuracy: 0.9)
    let facts = try details(of: run, in: fixture.store)
    #expect(
      facts.differences.map { "\($0.key) \($0.default) \($0.value)" } == [
        "dataset.resize 224 96", "training.epochs 10 2", "training.seed 0 1",
      ])
    let text = RunTexts.show(facts)
    #expect(text.contains("* dataset.resize: 96  (first trial: 224)") && text.contains("  network.arch: vgg11"))
  }

  @Test func allAttemptsTellWhatWasDoneAgain() throws {
    let fixture = try Fixture()
    let first = try fixture.add("a", resize: 224, seed: 0, accuracy: 0.9)
    var facts = try details(of: first, in: fixture.store)
    let attempt = facts.attempts[0]
    var second = attempt
    second.attempt = 2
    facts.attempts = [attempt, second]
    facts.steps = [
      RunDetails.Steps(attempt: 1, first: 1, last: 9, superseded: 3),
      RunDetails.Steps(attempt: 2, first: 7, last: 12, superseded: 0),
    ]
    let all = RunTexts.show(facts, allAttempts: true)
    #expect(all.contains("attempt 1 of 2\n  steps           1 to 9; 3 of them were repeated by a later attempt\n"))
    #expect(all.contains("attempt 2 of 2\n  steps           7 to 12\n"))
    #expect(!RunTexts.show(facts).contains("attempt 1 of 2"))
  }

  @Test func keepingHouse() throws {
    let fixture = try Fixture()
    let runs = [
      try fixture.add("a", resize: 224, seed: 0, accuracy: 0.9),
      try fixture.add("b", resize: 96, seed: 0, accuracy: 0.8),
      try fixture.add("c", resize: 64, seed: 0, accuracy: 0.8),
    ]
    let keeper = try RunAnnotator(store: fixture.path) { _ in }
    #expect(try keeper.tag(runs[0], ["good", "paper"], removing: false) == ["good", "paper"])
    #expect(throws: RunsError.badTag("a b")) { try keeper.tag(runs[0], ["x", "a b"], removing: false) }
    #expect(throws: RunsError.badNote(bytes: 0, limit: 65536)) { try keeper.note(runs[0], "") }
    try save(compare(Array(runs.prefix(2)), in: fixture.store), as: "pair", in: fixture.store)
    #expect(throws: RunsError.runIsPinned(run: runs[1].id, comparison: "pair")) {
      try keeper.remove([runs[2], runs[1]], force: false)
    }
    #expect(try fixture.store.runs().count == 3)
    let lock = try #require(try RunFolder(store: fixture.path, existing: runs[2].id).acquireLock())
    #expect(throws: RunsError.runIsWorkedOn(run: runs[2].id)) { try keeper.remove([runs[2]], force: true) }
    lock.release()
    #expect(try keeper.remove([runs[1]], force: true) == [runs[1].id])
    #expect(try Set(fixture.store.runs().map(\.id)) == [runs[0].id, runs[2].id])
    #expect(throws: RunsError.self) {
      try save(compare(Array(runs.prefix(2)), in: fixture.store), as: "again", in: fixture.store)
    }
    #expect(try keeper.restore(keeper.runs(matching: [runs[1].id])) == [runs[1].id])
    #expect(try fixture.store.runs().count == 3)
  }

  @Test func theLiveViewFitsItsHeight() throws {
    let fixture = try Fixture()
    try fixture.add("a\u{1B}[2J", resize: 224, seed: 0, accuracy: 0.9)
    let lines = try liveLines(fixture.store, height: 24)
    #expect(lines.contains("nothing is running") && lines.contains { $0.contains("a\\u{1b}[2J") })
    #expect(try liveLines(fixture.store, height: 2).count == 2)
    #expect(try liveLines(fixture.store, height: 24, width: 30).allSatisfy { displayWidth($0) <= 30 })
  }

  @Test func curvesAreDrawnWithCharacters() {
    let falling = (0...10).map { (epoch: Double($0), value: 2.3 - 0.2 * Double($0)) }
    for braille in [false, true] {
      let chart = CharacterChart(
        title: "training loss", curves: [falling], end: 10, range: nil, width: 40, height: 8, braille: braille)
      let lines = chart.lines
      #expect(lines.count == 8 && lines.allSatisfy { displayWidth($0) <= 40 })
      #expect(lines[1].hasPrefix("2.30 ") && lines[6].hasPrefix("0.30 ") && lines[7].hasSuffix("10"))
      // From the upper left to the lower right.
      let mark: (Character) -> Bool = { braille ? ("\u{2801}"..."\u{28FF}").contains($0) : $0 == "*" }
      let drawn = lines[1...6].map { line in line.enumerated().filter { mark($0.element) }.map(\.offset) }
      #expect(drawn.allSatisfy { !$0.isEmpty })
      #expect(drawn[0][0] == 5 && drawn[5].last! == 39)
      #expect(zip(drawn, drawn.dropFirst()).allSatisfy { $0[0] < $1[0] })
    }
    let gaps = [(epoch: 1.0, value: Double.nan), (epoch: 2.0, value: .infinity)]
    let empty = CharacterChart(title: "t", curves: [gaps, []], end: 0, range: nil, width: 20, height: 5, braille: true)
    #expect(empty.lines == ["t", "", "", "", ""])
    let flat = CharacterChart(
      title: "t", curves: [[(epoch: 1.0, value: 1.0)]], end: 0, range: nil, width: 20, height: 5, braille: false)
    #expect(flat.lines.count == 5)
  }

  @Test func aRunningRunHasABarAndCurvesWhereThereIsRoom() throws {
    let fixture = try Fixture()
    let run = try fixture.add("one", resize: 224, seed: 0, accuracy: 0.9, isRunning: true)
    let lock = try #require(try RunFolder(store: fixture.path, existing: run.id).acquireLock())
    defer { lock.release() }
    let tall = try liveLines(fixture.store, height: 30, width: 80, braille: false)
    #expect(tall.contains { $0.contains("[") && $0.contains(" %  epoch ") }, "\(tall)")
    #expect(tall.contains { $0.contains("training loss") && $0.contains("accuracy: training, test") }, "\(tall)")
    #expect(tall.allSatisfy { displayWidth($0) <= 80 })
    let small = try liveLines(fixture.store, height: 12, width: 80, braille: false)
    #expect(!small.contains { $0.contains("training loss") } && small.count <= 12)
  }
}
