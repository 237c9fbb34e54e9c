import ArgumentParser
import Files
import Foundation
import Store

struct ExportCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write runs' measured values or a run's weights for other tools.",
    discussion: helpText(
      """
      csv, jsonl and sqlite take any number of runs, or --experiment NAME, or --all; csv and jsonl hold run, attempt, metric, \
      step, epoch and value, sqlite the tables run, metric and epoch. tfevents writes a folder a run for TensorBoard into \
      the folder -o. safetensors holds the weights under the keys of PyTorch's state_dict(), onnx the network with \
      them; --at initial draws the weights again that the training began with. docs/exports.md describes each format.
      """, examples: "export --all --format csv -o runs.csv", "export small --format tfevents -o tb",
      "export small --format onnx -o small.onnx"))

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv, jsonl, sqlite, tfevents, safetensors, onnx

    var hasWeights: Bool { self == .safetensors || self == .onnx }
    var isText: Bool { self == .csv || self == .jsonl }
  }

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup var selection: RunsOptions

  @Option(name: .long, help: "The format.")
  var format: Format

  @Option(
    name: .long,
    help:
      "Whose weights: initial, last, or best where a run keeps them, as no training here does (safetensors and onnx; default: last)."
  )
  var at: WeightsMoment?

  @Flag(name: .long, help: "Include values that a later attempt recorded again (csv and jsonl).")
  var attempts = false

  @Option(
    name: [.customShort("o"), .long],
    help: "The file to write, for tfevents the folder (default: stdout; the binary formats need one).")
  var output: String?

  func validate() throws {
    try checkOutput(
      output, option: "-o", format == .tfevents ? "name a folder" : "name a file, or - for standard output")
    if format == .tfevents, output == "-" {
      throw ValidationError("-o is -, and tfevents writes a folder per run; name a folder with -o")
    }
    if !format.isText, output == nil {
      throw ValidationError(
        format == .tfevents
          ? "tfevents writes one folder per run: name a folder with -o" : "\(format) is binary: name a file with -o")
    }
    if !format.hasWeights, at != nil { throw ValidationError("--at requires --format safetensors or onnx") }
    if !format.isText, attempts { throw ValidationError("--attempts requires --format csv or jsonl") }
    if format.hasWeights, selection.runs.count != 1 || selection.isOfMany {
      throw ValidationError("\(format) has the weights of one run: name one")
    }
  }

  func execute() throws {
    let source = try store.open()
    let found = try selection.find(in: source)
    switch format {
    case .safetensors:
      try writeResult(output ?? "-", try exportWeights(store: source, run: found[0], at: at ?? .last))
    case .onnx: try writeResult(output ?? "-", try exportModel(store: source, run: found[0], at: at ?? .last))
    case .tfevents:
      for path in try exportEvents(store: source, runs: found, to: output ?? ".") { vgglab.output(path) }
    case .sqlite: try writeResult(output ?? "-", try source.exportDatabase(runs: found))
    case .csv, .jsonl:
      let text = try source.exportMetrics(
        runs: found.map(\.id), format: format == .csv ? .csv : .jsonl, attempts: attempts)
      if let output { try writeResult(output, Data(text.utf8)) } else { outputData(text, terminator: "") }
    }
  }
}

extension WeightsMoment: ExpressibleByArgument {}

/// The runs that a command is about: named ones, those of an experiment, or all.
struct RunsOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Runs' ids, unique prefixes of them, or trials' names (the newest run).", valueName: "run"))
  var runs: [String] = []

  @Option(name: .long, help: "All runs of this experiment.")
  var experiment: String?

  @Flag(name: .long, help: "All runs of the store.")
  var all = false

  var isOfMany: Bool { experiment != nil || all }

  func validate() throws {
    let ways = [!runs.isEmpty, experiment != nil, all].count { $0 }
    if ways == 0 { throw ValidationError("name runs, or --experiment NAME, or --all") }
    if let experiment, experiment.isEmpty { throw ValidationError("--experiment is empty; name an experiment") }
    if ways > 1 { throw ValidationError("name runs, or --experiment NAME, or --all; one of them") }
    if runs.contains(where: \.isEmpty) { throw ValidationError("a run's name is empty") }
  }

  /// The runs, each once, those of an experiment and of the store with the oldest first. Throws ``StoreError``.
  func find(in store: Store) throws -> [RunSummary] {
    if all { return try store.runs() }
    if let experiment { return try store.runs(ofExperiment: experiment) }
    var seen: Set<String> = []
    return try runs.map { try store.run(matching: $0) }.filter { seen.insert($0.id).inserted }
  }
}
