public import ArgumentParser
import Lab
public import Store

struct ListCommand: LabCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the runs of the store.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Option(name: .long, help: "Only runs of this experiment.")
  var experiment: String?

  @Option(name: .long, help: "Only runs in this state: \(RunState.allCases.map(\.name).joined(separator: ", ")).")
  var state: RunState?

  func execute() throws {
    let runs = try Store.openToRead(at: store.directory).runs().filter { run in
      (experiment == nil || run.experiment == experiment) && (state == nil || run.state == state)
    }
    output(format.json ? try json(runs.map(RunFacts.init)) : RunTexts.list(runs))
  }
}

extension RunState: ExpressibleByArgument {}

/// A run for `--json`.
struct RunFacts: Encodable {
  var run: String
  var experiment: String
  var trial: String
  var profile: String?
  var state: RunState
  var cause: String?
  var created_at: String
  var seed: String
  var epochs: Int
  var train_loss: Double?
  var train_accuracy: Double?
  var test_loss: Double?
  var test_accuracy: Double?
  var examples_per_second: Double?
  var seconds: Double?
  var peak_rss_bytes: Int?
  var parameters: Int?

  init(_ run: RunSummary) {
    self.run = run.id
    experiment = run.experiment
    trial = run.trial
    profile = run.profile
    state = run.state
    cause = run.cause
    created_at = run.createdAt
    seed = run.seed
    epochs = run.epochs
    train_loss = run.trainLoss
    train_accuracy = run.trainAccuracy
    test_loss = run.testLoss
    test_accuracy = run.testAccuracy
    examples_per_second = run.examplesPerSecond
    seconds = run.seconds
    peak_rss_bytes = run.peakResidentBytes
    parameters = run.parameters
  }
}
