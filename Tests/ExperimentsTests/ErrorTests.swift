import Experiments
import Files
import Foundation
import Testing

/// What is wrong with experiment files, sentence by sentence.
@Suite struct ErrorTests {
  static func sentences(_ text: String, profile: String? = nil, overrides: [String] = []) -> [String] {
    do {
      _ = try ReadTests.read(text, profile: profile, overrides: overrides)
      return []
    } catch {
      return "\(error)".split(separator: "\n").filter { $0.contains(".yaml:") }.map { line in
        String(line[line.range(of: ".yaml:")!.upperBound...])
      }
    }
  }

  @Test(arguments: [
    ("schema: 2\nexperiment: a", ["1:9: schema 2 is of a newer vgglab; this one reads schema 1"]),
    (
      "experiment: a\nquestoin: b",
      [
        "1:1: the key \"schema\" is missing; write schema: 1",
        "2:1: unknown key \"questoin\" in an experiment; did you mean \"question\"?",
      ]
    ),
    ("schema: 1\nexperiment: a\ntraining: {epochs: -1}", ["3:20: training.epochs is -1; it must be from 0 to 100000"]),
    (
      "schema: 1\nexperiment: a\ntraining: {batch_size: 0}",
      ["3:24: training.batch_size is 0; it must be from 1 to 65536"]
    ),
    ("schema: 1\nexperiment: a\ntraining: {optimizer: adam}", ["3:23: there is no optimizer \"adam\"; there are sgd"]),
    (
      "schema: 1\nexperiment: a\ntraining: {learning_rate: 0}",
      ["3:27: training.learning_rate is 0; it must be above 0 and at most 1000"]
    ),
    (
      "schema: 1\nexperiment: a\ntraining: {momentum: 1}",
      ["3:22: training.momentum is 1; it must be at least 0 and below 1"]
    ),
    (
      "schema: 1\nexperiment: a\ntraining: {seed: -1}",
      ["3:18: training.seed is \"-1\"; a whole number from 0 to 18446744073709551615 was expected"]
    ),
    (
      "schema: 1\nexperiment: a\nnetwork: {arch: vgg15}",
      ["3:17: there is no architecture \"vgg15\"; did you mean \"vgg11\"?"]
    ),
    (
      "schema: 1\nexperiment: a\nnetwork: {ratio: 65}",
      ["3:18: a ratio of 65 leaves a layer of 64 channels with none; use at most 64"]
    ),
    (
      "schema: 1\nexperiment: a\ndataset: {resize: 16}",
      ["3:19: an image of 1x1 is too small for the MaxPool2d at 4.4; use a larger input"]
    ),
    ("schema: 1\nexperiment: a\nnetwork: {blocks: [[1]]}", ["3:20: a block is a list; write [convolutions, channels]"]),
    (
      "schema: 1\nexperiment: a\nnetwork: {arch: vgg11, blocks: [[1, 2]]}",
      ["3:24: network has both arch and blocks; write one of them"]
    ),
    (
      "schema: 1\nexperiment: a\ntrials: []", ["3:9: trials is an empty list; write at least one, or leave the key out"]
    ),
    (
      "schema: 1\nexperiment: a\ntrials: [{name: b}, {name: b}]",
      ["3:28: the trial's name \"b\" is doubled: line 3 has it already"]
    ),
    ("schema: 1\nexperiment: a\ntrials: [{}]", ["3:10: a trial's key \"name\" is missing"]),
    (
      "schema: 1\nexperiment: a\nsweep: {training.seeds: [1]}",
      ["3:9: unknown key \"training.seeds\" in sweep; did you mean \"training.seed\"?"]
    ),
    (
      "schema: 1\nexperiment: a\nsweep: {training.seed: [x]}",
      ["3:25: training.seed is \"x\"; a whole number from 0 to 18446744073709551615 was expected"]
    ),
    (
      "schema: 1\nexperiment: a\ndataset: {train: 1.5}", ["3:18: dataset.train is \"1.5\"; a whole number was expected"]
    ),
    (
      "schema: 1\nexperiment: a\nprofiles: {q: {trials: [{name: b}]}}",
      ["3:32: there is no trial \"b\"; did you mean \"a\"?"]
    ),
    (
      "- 1",
      [
        "1:1: an experiment is a list; a mapping with schema, experiment, question, dataset, network, training, measure, trials, sweep, profiles, cluster was expected"
      ]
    ),
  ])
  func everySentenceIsPinned(text: String, expected: [String]) { #expect(Self.sentences(text) == expected) }

  @Test(arguments: ["a/b", "..", "a..b", ".a", "-a", "", "<script>", "net🔥", "x y", String(repeating: "x", count: 101)])
  func namesThatAreRefused(name: String) {
    for text in [
      "schema: 1\nexperiment: \"\(name)\"", "schema: 1\nexperiment: a\ntrials: [{name: \"\(name)\"}]",
      "schema: 1\nexperiment: a\nprofiles: {\"\(name)\": {}}",
    ] {
      let found = Self.sentences(text)
      #expect(found.count == 1 && found[0].contains("a name has from 1 to 100"), "\(found)")
    }
  }

  @Test func aSweepIsBounded() {
    let seeds = (0..<200).map { "\($0)" }.joined(separator: ", ")
    let text = """
      schema: 1
      experiment: a
      sweep: {training.seed: [\(seeds)], training.epochs: [\(seeds)]}
      """
    #expect(Self.sentences(text).contains { $0.contains("more than 10000 trials") })
  }

  @Test func optionsThatDoNotFitAreFactsOfTheirOwn() {
    #expect(throws: ExperimentError.self) { try ReadTests.read(profile: "quik") }
    for (override, sentence) in [
      ("training.epochs", "write key=value"), ("training.epoch=1", "did you mean \"training.epochs\"?"),
      ("training.epochs=many", "a whole number was expected"), ("training.epochs=", "is empty"),
      ("network.arch=[", "there is no architecture \"[\""), ("network.blocks=[", "is not YAML"),
      ("learning_rate=0.1", "did you mean \"training.learning_rate\"?"),
      ("learning_rat=0.1", "did you mean \"training.learning_rate\"?"), ("epoch=1", "\"training.epochs\""),
      ("steps=1", "\"measure.cost.steps\""), ("=1", "there is no key"), ("dataset=1", "there is no key"),
      ("dataset.data=ab", "there is no key \"dataset.data\""), ("training.epochs=\"2\"", "write 2 without quotes"),
      ("training.batch_size=010", "write 10"), ("network.arch=", "must have a value"),
      ("training.lr=1", "known are training.epochs, "),
    ] {
      do {
        _ = try ReadTests.read(overrides: [override])
        Issue.record("\(override) was taken")
      } catch {
        guard case ExperimentError.override(let text, let reason) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(text == override && reason.contains(sentence), "\(reason)")
        #expect((error as? any Fault)?.kind == .usage)
      }
    }
    do {
      _ = try ReadTests.read(profile: "quik")
    } catch {
      #expect("\(error)".contains("did you mean \"quick\"?"))
      #expect((error as? any Fault)?.kind == .usage)
    }
    #expect(throws: ExperimentError.file(.missing(path: "/nowhere/x.yaml"))) {
      try readExperiment(file: "/nowhere/x.yaml")
    }
  }

  @Test(arguments: [
    (["training.epochs=1", "training.epochs=2"], "training.epochs is set twice; leave one out"),
    (["network.blocks=[[1, 16]]", "network.arch=vgg11"], "network.blocks is set as well; leave one out"),
    (["network.arch=vgg11", "network.blocks=[[1, 16]]"], "network.arch is set as well; leave one out"),
  ])
  func whatIsSetTwiceIsNotDropped(overrides: [String], sentence: String) {
    do {
      _ = try ReadTests.read(overrides: overrides)
      Issue.record("they were taken")
    } catch { #expect("\(error)".contains(sentence) && (error as? any Fault)?.kind == .usage, "\(error)") }
  }

  @Test func whatAnOptionMakesImpossibleIsSaidAtTheOption() {
    do {
      _ = try ReadTests.read(overrides: ["network.ratio=65", "training.seed=1"])
      Issue.record("it was taken")
    } catch {
      #expect(
        "\(error)" == """
          --set:1:15: a ratio of 65 leaves a layer of 64 channels with none; use at most 64
            network.ratio=65
                          ^
          """)
      #expect((error as? any Fault)?.kind == .badInput)
    }
  }

  @Test func moreImagesThanThereAreIsSaidWithTheirNumber() throws {
    let text = """
      schema: 1
      experiment: a
      dataset: {name: idx-folder, path: /x, train: 101}
      trials:
        - name: one
        - {name: two, dataset: {test: 60}}
        - {name: described, training: {epochs: 0}}
      """
    var experiment = try ReadTests.read(text)
    do {
      try experiment.findData { _ in AvailableData(train: 100, test: 50, data: "ab") }
      Issue.record("it was taken")
    } catch {
      let heads = "\(error)".split(separator: "\n").filter { $0.contains("images") }.map {
        String($0.drop { $0 != ":" })
      }
      #expect(
        heads == [
          ":3:46: dataset.train is 101, and idx-folder has 100 training images; write at most 100, or leave the key out for all",
          ":6:33: dataset.test is 60, and idx-folder has 50 test images; write at most 50, or leave the key out for all",
        ])
      #expect((error as? any Fault)?.kind == .badInput)
    }
    var option = try ReadTests.read("schema: 1\nexperiment: a", overrides: ["dataset.train=70000"])
    do {
      try option.findData { _ in AvailableData(train: 60_000, test: 10_000) }
      Issue.record("it was taken")
    } catch { #expect("\(error)".hasPrefix("--set:1:15: dataset.train is 70000, and fashion-mnist has 60000")) }
    var fine = try ReadTests.read(text.replacing("101", with: "100").replacing("60", with: "50"))
    try fine.findData { _ in AvailableData(train: 100, test: 50, data: "ab") }
    #expect(fine.trials[0].trainingCount == 100 && fine.trials[0].testCount == 50)
    #expect(fine.trials[0].canonicalText.contains("\"data\":\"ab\""))
  }

  @Test func ordersThatCannotBe() {
    func trials(_ lines: String...) -> String {
      "schema: 1\nexperiment: a\ntrials:\n" + lines.map { "  - {\($0)}\n" }.joined()
    }
    #expect(
      Self.sentences(trials("name: one, after: [tow]", "name: two, priority: high", "name: three, after: two")) == [
        "4:25: after names \"tow\", and there is no such trial; did you mean \"two\"?",
        "5:27: a trial's priority is \"high\"; a whole number was expected",
        "6:26: a trial's after is a single value; a list was expected",
      ])
    #expect(
      Self.sentences(trials("name: one, after: [three]", "name: two, after: [one]", "name: three, after: [two]")) == [
        "5:25: after makes these trials wait for each other: one after three after two after one"
      ])
    #expect(
      Self.sentences(trials("name: one, after: [one]")) == [
        "4:25: after makes these trials wait for each other: one after one"
      ])
    // Two ways to the same trial are no cycle.
    #expect(
      Self.sentences(
        trials("name: a", "name: b, after: [a]", "name: c, after: [a]", "name: d, after: [b, c, a]")
      ).isEmpty)
    // A long chain is followed without a call for each trial.
    let chain = (1..<9000).map { "name: t\($0), after: [t\($0 - 1)]" }
    #expect(
      Self.sentences(
        "schema: 1\nexperiment: a\ntrials:\n  - {name: t0}\n" + chain.map { "  - {\($0)}\n" }.joined()
      ).isEmpty)
  }
}
