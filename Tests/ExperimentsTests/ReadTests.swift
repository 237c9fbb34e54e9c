import Configurations
import Experiments
import Foundation
import Networks
import Testing

/// What experiment files mean.
@Suite struct ReadTests {
  static let root = (#filePath as NSString).deletingLastPathComponent + "/../.."

  static let text = """
    schema: 1
    experiment: demo
    question: Does it read?
    dataset: {resize: 64, train: 1000}
    network: {arch: vgg11, ratio: 8}
    training: {epochs: 3, learning_rate: 0.1}
    trials:
      - name: first
      - {name: second, network: {arch: vgg13}, training: {learning_rate: 0.2}}
    sweep: {training.seed: [0, 1]}
    profiles:
      quick:
        dataset: {train: 100}
        training: {epochs: 1}
        trials: [{name: second, training: {learning_rate: 0.3}}]
      single: {sweep: {training.seed: [7]}}
      none: {}
    """

  static func read(
    _ text: String = text, profile: String? = nil, overrides: [String] = [], only: [String] = []
  ) throws -> Experiment {
    let path = NSTemporaryDirectory() + "vgglab-experiment-\(UUID().uuidString).yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try readExperiment(file: path, profile: profile, overrides: overrides, only: only)
  }

  @Test func trialsTimesSweep() throws {
    let experiment = try Self.read()
    #expect(experiment.name == "demo" && experiment.question == "Does it read?")
    #expect(experiment.trials.map(\.name) == ["first seed=0", "first seed=1", "second seed=0", "second seed=1"])
    let last = experiment.trials[3]
    #expect(last.training.seed == 1 && last.training.learningRate == 0.2 && last.training.epochs == 3)
    #expect(last.network.body == .architecture(.vgg13) && last.network.ratio == 8)
    #expect(last.dataset.train == 1000 && last.dataset.test == nil && last.dataset.resize == 64)
    #expect(last.reductions.isEmpty && last.question == "Does it read?")
  }

  @Test func laterLevelsWin() throws {
    let experiment = try Self.read(profile: "quick", overrides: ["training.epochs=2", "dataset.test=50"])
    let (first, second) = (experiment.trials[0], experiment.trials[2])
    #expect(first.training.epochs == 2 && first.dataset.train == 100 && first.dataset.test == 50)
    #expect(first.training.learningRate == 0.1 && second.training.learningRate == 0.3)
    #expect(
      second.reductions == [
        Reduction(key: "dataset.train", full: "1000", used: "100"),
        Reduction(key: "dataset.test", full: "all", used: "50"),
        Reduction(key: "training.epochs", full: "3", used: "2"),
        Reduction(key: "training.learning_rate", full: "0.2", used: "0.3"),
      ])
    #expect(try Self.read(profile: "single").trials.map(\.name) == ["first seed=7", "second seed=7"])
    #expect(try Self.read(profile: "none").trials.map(\.id) == Self.read().trials.map(\.id))
  }

  @Test func onlyTakesTrialsByTheirNames() throws {
    #expect(try Self.read(only: ["second"]).trials.map(\.name) == ["second seed=0", "second seed=1"])
    #expect(try Self.read(only: ["first seed=1"]).trials.map(\.name) == ["first seed=1"])
    #expect(throws: ExperimentError.self) { try Self.read(only: ["third"]) }
  }

  @Test func theCanonicalTextIsPinned() throws {
    let trial = try Self.read("schema: 1\nexperiment: plain\n").trials[0]
    #expect(trial.name == "plain")
    #expect(
      trial.canonicalText == """
        {"dataset":{"name":"fashion-mnist","resize":224,"test":null,"train":null},\
        "network":{"arch":"vgg11","dropout":0.5,"init":"xavier","ratio":1},\
        "training":{"batch_size":128,"epochs":10,"learning_rate":0.05,"max_steps":null,"momentum":0.0,"seed":0,\
        "shuffle":true,"weight_decay":0.0}}
        """)
    #expect(trial.id == "f8f3b28d5bdf147148f3fd8dc140a3cf5fbf84a61b282de6f88e3107590d0eed")
  }

  @Test func theIdentityIsWhatIsComputed() throws {
    let base = try Self.read().trials[0]
    let renamed = try Self.read(Self.text.replacingOccurrences(of: "name: first", with: "name: other")).trials[0]
    #expect(renamed.id == base.id)
    let written = try Self.read(
      Self.text.replacingOccurrences(of: "learning_rate: 0.1}", with: "learning_rate: 1e-1, momentum: 0}")
    ).trials[0]
    #expect(written.id == base.id)
    for override in [
      "training.seed=9", "training.learning_rate=0.11", "network.ratio=4", "dataset.resize=65", "network.init=kaiming",
      "training.shuffle=false", "training.max_steps=5", "network.dropout=0.4", "network.hidden=64",
      "dataset.name=synthetic",
      "network.blocks=[[1, 64], [1, 64]]",
    ] {
      #expect(try Self.read(overrides: [override]).trials[0].id != base.id, "\(override)")
    }
    for same in ["dataset.path=/data", "network.hidden=4096"] {
      #expect(try Self.read(overrides: [same]).trials[0].id == base.id)
    }
  }

  @Test func aCanonicalTextReadsBack() throws {
    for override in [
      "network.blocks=[[1, 64], [2, 128]]", "training.seed=18446744073709551615", "network.init=kaiming",
      "network.hidden=64",
    ] {
      let trial = try Self.read(overrides: [override, "training.max_steps=9", "dataset.path=/x"]).trials[0]
      let back = try TrialConfiguration(canonicalText: trial.canonicalText)
      #expect(back.canonicalText() == trial.canonicalText)
      #expect(back.network == trial.network && back.training == trial.training)
    }
    let own = try Self.read(overrides: ["dataset.name=idx-folder", "dataset.path=/a \"b\""]).trials[0]
    // Where the files are is no part of it.
    #expect(own.dataset.path == "/a \"b\"" && !own.canonicalText.contains("path"))
  }

  @Test(arguments: ["resize", "depth", "alexnet", "architectures", "smoke", "cost", "init"])
  func theProjectsExperimentsAreValid(name: String) throws {
    let file = "\(Self.root)/experiments/\(name).yaml"
    let full = try readExperiment(file: file)
    let quick = try readExperiment(file: file, profile: "quick")
    #expect(full.name == name && !full.question.isEmpty)
    #expect(
      (full.trials.count == quick.trials.count) == !["cost", "depth", "resize"].contains(name)
        && quick.trials.count >= 2)
    if name == "resize" {
      #expect(full.trials.map(\.name) == ["vgg11-small-224", "vgg11-small-96", "vgg11-small-84", "vgg11-small-56"])
      let trial = full.trials[1]
      #expect(trial.dataset.resize == 96 && trial.network.ratio == 4 && trial.training.epochs == 10)
      #expect(trial.training.batchSize == 128 && trial.training.learningRate == 0.05 && trial.dataset.train == nil)
    }
  }

  @Test func relativeFoldersAreTakenFromTheFilesFolder() throws {
    let folder = NSTemporaryDirectory() + "vgglab-folder-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = "\(folder)/a.yaml"
    let text = "schema: 1\nexperiment: a\ndataset: {name: idx-folder, path: ok/}\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    #expect(try readExperiment(file: file).trials[0].dataset.path == "\(folder)/ok/")
    #expect(try readExperiment(file: file, overrides: ["dataset.path=other"]).trials[0].dataset.path == "other")
    #expect(try readExperiment(file: file, overrides: ["dataset.path=/abs"]).trials[0].dataset.path == "/abs")
  }

  @Test func equalValuesOfASweepAreOnePoint() throws {
    let text = """
      schema: 1
      experiment: a
      sweep: {training.learning_rate: [0.01, 1e-2, 0.010, 0.02], training.seed: [0, 1, 00], measure.cost.steps: [1, 2]}
      """
    let trials = try Self.read(text).trials
    #expect(trials.count == 8 && Set(trials.map(\.id)).count == 8)
    #expect(trials[0].name == "a learning_rate=0.01 seed=0 steps=1")
    #expect(
      try Self.read("schema: 1\nexperiment: a\nsweep: {network.width_divisor: [2, 4]}").trials[1].network.ratio == 4)
  }

  @Test func aTrialsNameHasOnlyValuesThatItUses() throws {
    let text = """
      schema: 1
      experiment: a
      sweep: {training.seed: [0, 1], network.ratio: [2, 4]}
      trials: [{name: x}, {name: y}]
      profiles:
        fixed: {training: {seed: 7}}
        own: {trials: [{name: y, network: {ratio: 8}}]}
        blocks: {network: {blocks: [[1, 8]]}}
      """
    func names(_ profile: String? = nil, _ overrides: String...) throws -> [String] {
      let trials = try Self.read(text, profile: profile, overrides: overrides).trials
      for trial in trials {
        #expect(!trial.name.contains("seed=") || trial.name.contains("seed=\(trial.training.seed)"))
        #expect(!trial.name.contains("ratio=") || trial.name.contains("ratio=\(trial.network.ratio)"))
      }
      #expect(Set(trials.map(\.id)).count == trials.filter { $0.name.hasPrefix("x") }.count || profile == "own")
      return trials.map(\.name)
    }
    #expect(try names().count == 8)
    #expect(try names(nil, "training.seed=3") == ["x ratio=2", "x ratio=4", "y ratio=2", "y ratio=4"])
    #expect(try names(nil, "training.seed=3", "network.width_divisor=2") == ["x", "y"])
    #expect(try names("fixed") == ["x ratio=2", "x ratio=4", "y ratio=2", "y ratio=4"])
    #expect(try names("own").filter { $0.hasPrefix("y") } == ["y seed=0", "y seed=1"])
    #expect(try Self.read(text, profile: "fixed").trials[0].training.seed == 7)
    #expect(
      ErrorTests.sentences(
        "schema: 1\nexperiment: a\nprofiles: {p: {training: {seed: 1}, sweep: {training.seed: [1, 2]}}}") == [
          "3:61: the profile p both sets and sweeps training.seed; leave one of them out"
        ])
  }

  @Test func anAliasIsTheSameKey() throws {
    let plain = try Self.read("schema: 1\nexperiment: a\nnetwork: {ratio: 4}").trials[0]
    #expect(try Self.read("schema: 1\nexperiment: a\nnetwork: {width_divisor: 4}").trials[0].id == plain.id)
    #expect(
      try Self.read("schema: 1\nexperiment: a\nnetwork: {ratio: 2}", overrides: ["network.width_divisor=4"]).trials[0]
        .id
        == plain.id)
    #expect(
      ErrorTests.sentences("schema: 1\nexperiment: a\nnetwork: {ratio: 4, width_divisor: 4}") == [
        "3:21: network has both ratio and width_divisor; write one of them"
      ])
  }

  @Test func noValueTakesAnOptionalOneBack() throws {
    let text = """
      schema: 1
      experiment: a
      dataset: {train: 100, path: x}
      training: {max_steps: 9}
      measure: {cost: {steps: 2}}
      profiles: {whole: {dataset: {train: null, path: ~}, measure: {cost: }}}
      """
    let whole = try Self.read(text, profile: "whole").trials[0]
    #expect(whole.dataset.train == nil && whole.dataset.path == nil && whole.measure == nil)
    #expect(whole.training.maxSteps == 9)
    let unset = try Self.read(text, overrides: ["training.max_steps=", "measure.cost=", "dataset.train= "]).trials[0]
    #expect(unset.training.maxSteps == nil && unset.measure == nil && unset.dataset.train == nil)
    #expect(ErrorTests.sentences("schema: 1\nexperiment: a\ntraining: {epochs: null}").count == 1)
  }

  @Test(arguments: ["@data", "my data #1", "null", "[a", "- x", "a: b", "'q'", " x "])
  func anyTextIsAFolder(text: String) throws {
    #expect(try Self.read(overrides: ["dataset.path=\(text)"]).trials[0].dataset.path == text)
  }

  @Test func mergedLevelsAreRead() throws {
    let text = """
      schema: 1
      experiment: a
      training: &base {epochs: 3, seed: 5}
      trials:
        - {name: one, training: {<<: *base, epochs: 4}}
      """
    let trial = try Self.read(text).trials[0]
    #expect(trial.training.epochs == 4 && trial.training.seed == 5)
  }

  @Test func theDocumentsAreMadeFromTheTable() throws {
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(Self.root)/docs/\(name)", encoding: .utf8)
    }
    #expect(try text("experiment.schema.json") == experimentSchema(), "write it anew: vgglab keys --schema")
    #expect(try text("experiment-files.md").contains(keyTable()), "write the table anew: vgglab keys")
  }

  @Test func theSchemaKnowsEveryKey() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(Self.root)/docs/experiment.schema.json"))
    let schema = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let definitions = try #require(schema["$defs"] as? [String: Any])
    func keys(_ name: String) throws -> Set<String> {
      let section = try #require(definitions[name] as? [String: Any])
      #expect(section["additionalProperties"] as? Bool == false)
      return Set(try #require(section["properties"] as? [String: Any]).keys)
    }
    #expect(try keys("dataset") == ["name", "path", "resize", "train", "test"])
    #expect(try keys("network") == ["arch", "blocks", "ratio", "width_divisor", "dropout", "hidden", "init"])
    #expect(
      try keys("training") == [
        "epochs", "batch_size", "learning_rate", "momentum", "weight_decay", "optimizer", "seed", "shuffle",
        "max_steps",
      ])
    let top = try #require(schema["properties"] as? [String: Any])
    #expect(
      Set(top.keys) == [
        "schema", "experiment", "question", "dataset", "network", "training", "trials", "sweep", "profiles",
        "measure", "cluster",
      ])
    #expect(try keys("measure") == ["cost", "signal", "threads", "repeat"])
  }

  @Test func orderIsReadAndIsNoPartOfTheIdentity() throws {
    let ordered = Self.text.replacingOccurrences(
      of: "- name: first", with: "- {name: first, priority: 3, after: [second]}")
    let experiment = try Self.read(ordered)
    #expect(experiment.trials.map(\.priority) == [3, 3, 0, 0])
    #expect(experiment.trials.map(\.after) == [["second"], ["second"], [], []])
    #expect(experiment.trials.map(\.id) == (try Self.read()).trials.map(\.id))
    // A name means all of a trial's points.
    #expect(experiment.trials.map { $0.isNamed("second") } == [false, false, true, true])
    #expect(experiment.trials[2].isNamed("second seed=0") && !experiment.trials[2].isNamed("seco"))
  }
}
