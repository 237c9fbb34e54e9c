public import ArgumentParser
import Files
import Foundation

struct ExportCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a run's measured values or its weights for other tools.",
    discussion: helpText(
      """
      csv and jsonl hold run, attempt, metric, step, epoch and value. safetensors holds the weights under the keys \
      of PyTorch's state_dict(); --at initial draws the weights again that the training began with.
      """, examples: "export vgg11-small-96 --format csv -o curves.csv"))

  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, jsonl, safetensors }

  @OptionGroup var store: StoreOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  @Option(name: .long, help: "The format.")
  var format: Format

  @Option(name: .long, help: "Whose weights: initial or last (safetensors alone).")
  var at: WeightsMoment?

  @Flag(name: .long, help: "Also what a later attempt of the run did again (csv and jsonl).")
  var attempts = false

  @Option(name: [.customShort("o"), .long], help: "The file to write (default: stdout; safetensors needs one).")
  var output: String?

  func validate() throws {
    if format == .safetensors, output == nil {
      throw ValidationError("safetensors is binary: name a file with -o")
    }
    if format != .safetensors, at != nil { throw ValidationError("--at goes with --format safetensors alone") }
  }

  func execute() throws {
    let source = try store.open()
    let found = try source.run(matching: run)
    if format == .safetensors {
      try writeOutput(output ?? "-", try exportWeights(store: source, run: found, at: at ?? .last))
      return
    }
    let text = try source.exportMetrics(run: found.id, format: format == .csv ? .csv : .jsonl, attempts: attempts)
    if let output { try writeOutput(output, Data(text.utf8)) } else { outputData(text, terminator: "") }
  }
}

extension WeightsMoment: ExpressibleByArgument {}
