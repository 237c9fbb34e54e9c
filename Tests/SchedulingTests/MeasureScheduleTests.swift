import Processes
import Scheduling
import Testing

/// Trials that measure something, in a fake world.
@Suite struct MeasureScheduleTests {
  private static let costs = """
    schema: 1
    experiment: fake
    dataset: {name: synthetic, resize: 32, train: 64, test: 32}
    network: {arch: vgg11, ratio: 32}
    training: {epochs: 1, batch_size: 16}
    trials:
      - {name: plain, training: {seed: 5}}
      - {name: a, measure: {cost: {}}}
      - {name: other, training: {seed: 6}}
      - {name: b, measure: {cost: {}}, training: {seed: 1}}
    sweep: {measure.repeat: [1, 2]}
    """

  @Test(.enabled(if: Processor.cores >= 2)) func aCostHasTheMachineToItself() throws {
    let world = FakeWorld()
    try world.run(Self.costs, options: RunOptions(jobs: 2, threads: 1))
    var atWork: Set<String> = []
    for sentence in world.story {
      let words = sentence.split(separator: " ", maxSplits: 1).map(String.init)
      if words[0] == "begin" { atWork.insert(words[1]) } else { atWork.remove(words[1]) }
      if atWork.contains(where: { $0.hasPrefix("a ") || $0.hasPrefix("b ") }) { #expect(atWork.count == 1) }
    }
    #expect(world.story.filter { $0.hasPrefix("begin") }.count == 8)
    #expect(world.story[0] == "begin plain repeat=1" && world.story.last == "end b repeat=2")
  }

  @Test func threadsThatAreNotThereAreRefused() throws {
    let world = FakeWorld()
    let text = Self.costs.replacing("name: a, measure: {cost: {}}", with: "name: a, measure: {cost: {}, threads: 999}")
    let decisions = try world.runner.plan([world.experiment(text)], options: RunOptions(threads: 1))
    #expect(
      decisions.filter { $0.why.contains("it needs 999 threads") }.map(\.trial.name) == ["a repeat=1", "a repeat=2"])
    let outcomes = try world.run(text)
    #expect(outcomes.filter { $0.state == "not run" }.map(\.trial) == ["a repeat=1", "a repeat=2"])
    #expect(outcomes[1].cause?.contains("lower measure.threads") == true)
    #expect(outcomes.filter { $0.state == "completed" }.count == 6)
  }

  @Test func aCostIsForecastByItsSteps() throws {
    let world = FakeWorld()
    let decisions = try world.runner.plan(
      [world.experiment(Self.costs)], options: RunOptions(threads: 1), measuring: true)
    let (plain, cost) = (decisions[0].forecast, decisions[1].forecast)
    #expect(plain.steps == 4 && cost.steps == 3)
    #expect(cost.memoryBytes < plain.memoryBytes && cost.diskBytes < plain.diskBytes)
    #expect(cost.seconds! > 0)
  }

  @Test func whatDoesNotFitIsRefusedAndTheOthersGoOn() throws {
    let world = FakeWorld()
    let wide = Self.costs.replacing(
      "name: b, measure: {cost: {}}", with: "name: b, measure: {cost: {}}, network: {arch: vgg19, ratio: 1}")
    world.total = 500_000_000
    world.available = 500_000_000
    let outcomes = try world.run(wide)
    #expect(outcomes.filter { $0.state == "not run" }.map(\.trial) == ["b repeat=1", "b repeat=2"])
    #expect(outcomes.filter { $0.state == "completed" }.count == 6)
  }
}
