import Configurations
import Experiments
import Foundation
import Testing

/// The section `measure`: what it means, and that trials without it are what they were.
@Suite struct MeasureTests {
  static let text = """
    schema: 1
    experiment: cost
    measure: {cost: {steps: 2}}
    trials:
      - name: first
      - {name: second, measure: {cost: {warmup: 0}}}
      - {name: third, measure: {threads: 2}}
    sweep: {measure.repeat: [1, 2], measure.threads: [1]}
    profiles:
      quick: {only: [second], measure: {cost: {steps: 1}}}
    """

  @Test func levelsAndRounds() throws {
    let experiment = try ReadTests.read(Self.text)
    // All once before any twice.
    #expect(
      experiment.trials.map(\.name) == [
        "first repeat=1 threads=1", "second repeat=1 threads=1", "third repeat=1 threads=1",
        "first repeat=2 threads=1", "second repeat=2 threads=1", "third repeat=2 threads=1",
      ])
    #expect(experiment.trials[0].measure == MeasureSettings(cost: CostSettings(steps: 2, warmup: 1), threads: 1))
    #expect(
      experiment.trials[4].measure == MeasureSettings(cost: CostSettings(steps: 2, warmup: 0), threads: 1, repeat: 2))
    let quick = try ReadTests.read(Self.text, profile: "quick", overrides: ["measure.threads=3"])
    #expect(quick.trials.map(\.name) == ["second repeat=1", "second repeat=2"])
    #expect(quick.trials[0].measure == MeasureSettings(cost: CostSettings(steps: 1, warmup: 0), threads: 3))
    #expect(
      quick.trials[0].reductions == [
        Reduction(key: "measure.cost.steps", full: "2", used: "1"),
        Reduction(key: "measure.threads", full: "all", used: "3"),
      ])
  }

  @Test func identities() throws {
    let plain = try ReadTests.read().trials[0]
    #expect(!plain.canonicalText.contains("measure"))
    // The first of several trainings is a training as any other.
    #expect(try ReadTests.read(overrides: ["measure.repeat=1"]).trials[0].id == plain.id)
    var ids: Set<String> = [plain.id]
    for overrides in [
      ["measure.repeat=2"], ["measure.threads=2"], ["measure.signal=true"], ["measure.cost={}"],
      ["measure.cost={steps: 4}"], ["measure.cost={}", "measure.repeat=2"], ["measure.cost={}", "measure.threads=2"],
    ] {
      let trial = try ReadTests.read(overrides: overrides).trials[0]
      #expect(ids.insert(trial.id).inserted, "\(overrides)")
      let back = try TrialConfiguration(canonicalText: trial.canonicalText)
      #expect(back.canonicalText() == trial.canonicalText && back.measure == trial.measure ?? MeasureSettings())
    }
    #expect(
      try ReadTests.read("schema: 1\nexperiment: a\nmeasure: {cost: {}, threads: 2}").trials[0].canonicalText
        .contains(#"},"measure":{"cost":{"steps":3,"warmup":1},"repeat":1,"signal":false,"threads":2},"network":{"#))
  }

  @Test(arguments: [
    ("measure: {cots: {}}", "3:11: unknown key \"cots\" in measure; did you mean \"cost\"?"),
    ("measure: {cost: 3}", "3:17: measure.cost is a single value; a mapping with steps, warmup was expected"),
    ("measure: {cost: {steps: 0}}", "3:25: measure.cost.steps is 0; it must be from 1 to 1000"),
    ("measure: {cost: {step: 1}}", "3:18: unknown key \"step\" in measure.cost; did you mean \"steps\"?"),
    ("measure: {threads: 0}", "3:20: measure.threads is 0; it must be from 1 to 1024"),
    ("measure: {repeat: 0}", "3:19: measure.repeat is 0; it must be from 1 to 1000"),
    (
      "measure: {cost: {}, signal: true}",
      "3:29: a trial measures its cost or its signal; write one of them"
    ),
    (
      "training: {epochs: 0}\nmeasure: {cost: {}}",
      "3:20: training.epochs is 0, and what is not trained cannot be measured; write 1"
    ),
    ("profiles: {quick: {only: [b]}}", "3:27: there is no trial \"b\""),
    ("profiles: {quick: {only: []}}", "3:26: the profile's only is an empty list; name at least one trial"),
  ])
  func errors(line: String, expected: String) {
    let found = ErrorTests.sentences("schema: 1\nexperiment: a\n" + line)
    #expect(found.count == 1 && found[0].hasPrefix(expected), "\(found)")
  }
}
