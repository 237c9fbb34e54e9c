import ArgumentParser
import Exchange
import Files
import Foundation
import Store
import Text

struct PushCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Write runs to a server of another tool.",
    discussion: helpText(examples: "push mlflow --url http://localhost:5000 --experiment resize"),
    subcommands: [PushMLflowCommand.self])
}

struct PushMLflowCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "mlflow", abstract: "Write runs to an MLflow server.",
    discussion: helpText(
      """
      An experiment there has the name of the experiment here. A run has its configuration as parameters, every measured value \
      with its step, tags, and the artifacts metrics.csv and configuration.json. Runs of a trial that differ in the seed alone \
      are below a parent run. The same command again writes what is new and changes nothing else.

      The environment variables MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, are sent along.
      """, examples: "push mlflow --url http://localhost:5000 --experiment resize"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup var selection: RunsOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Option(name: .long, help: ArgumentHelp("The server's address.", valueName: "address"))
  var url: String

  @Flag(name: .long, help: "Upload the weights of complete runs too.")
  var weights = false

  @Flag(name: .long, help: "Upload no files.")
  var noArtifacts = false

  func validate() throws {
    if weights, noArtifacts { throw ValidationError("--weights and --no-artifacts cannot be combined") }
  }

  func execute() throws {
    let source = try store.open()
    let runs = try selection.find(in: source)
    let client = try HTTPClient(address: url, environment: ProcessInfo.processInfo.environment)
    let (weights, noArtifacts) = (weights, noArtifacts)
    let push = MLflowPush(server: MLflowServer(client: client), store: source) { run in
      guard !noArtifacts else { return [] }
      var files = [
        (name: "metrics.csv", data: Data(try source.exportMetrics(run: run.id, format: .csv).utf8)),
        (name: "configuration.json", data: Data((run.configuration ?? "{}").utf8)),
      ]
      if weights, try source.artifact(run: run.id, name: WeightsMoment.last.rawValue) != nil {
        files.append((name: "last.safetensors", data: try exportWeights(store: source, run: run, at: .last)))
      }
      return files
    }
    var outcomes: [MLflowPush.Outcome] = []
    try push.push(runs) { outcome in
      outcomes.append(outcome)
      guard !format.json else { return }
      output("\(outcome.run)  \(outcome.action.rawValue)  \(outcome.mlflow_run)")
    }
    if format.json { output(try json(outcomes)) }
  }
}
