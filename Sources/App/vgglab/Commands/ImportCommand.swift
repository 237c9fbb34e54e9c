import ArgumentParser
import Exchange
import Files
import Foundation

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Turn curves of other programs into cells for a notebook.",
    discussion: helpText(
      """
      What is imported is a file of cells with the views NAME_run and NAME_curve, which a notebook names in its front matter \
      (cells: FILE) and shows beside runs of the store. Imported curves never enter the store: list, show and trial_summary have \
      measured runs alone, and every imported row says so in its column 'origin'.
      """, examples: "import csv keras.csv --name keras -o keras.cells.md"),
    subcommands: [ImportCSVCommand.self, ImportEventsCommand.self, ImportMLflowCommand.self])
}

/// What all imports have.
struct ImportOptions: ParsableArguments {
  @Option(name: .long, help: "The name that the views begin with: NAME_run and NAME_curve.")
  var name = "imported"

  @Option(name: .long, help: ArgumentHelp("Only these metrics (default: all).", valueName: "name,…"))
  var metric: String?

  @Option(name: .long, help: ArgumentHelp("Every N-th point of a curve, and its last.", valueName: "n"))
  var every = 1

  @Option(name: [.customShort("o"), .long], help: "The file of cells to write (default: standard output).")
  var output: String?

  func validate() throws {
    try checkOutput(output, option: "-o")
    if !ForeignCurves.isName(name) { throw ValidationError("\(ExchangeError.badName(name))") }
    if every < 1 { throw ValidationError("--every is \(every); it must be at least 1") }
    if metrics.contains("") { throw ValidationError("--metric has an empty name") }
  }

  var metrics: [String] {
    metric.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
  }

  /// Writes the cells of what was read; nothing is written if anything is wrong.
  func write(_ points: [ForeignPoint], format: String, source: String) throws {
    var curves = ForeignCurves(name: name, format: format, source: source, points: points)
    try curves.select(metrics: metrics, every: every)
    let text = try curves.cells()
    if let output {
      try writeResult(output, Data(text.utf8), inputs: [source])
    } else {
      outputData(text, terminator: "")
    }
    let missing = curves.points.count { $0.value.isNaN }
    if missing > 0 {
      printError(
        "vgglab: \(missing) of \(curves.points.count) values \(missing == 1 ? "is no number" : "are no numbers"); "
          + "\(missing == 1 ? "it is" : "they are") NULL in \(name)_curve")
    }
  }
}

struct ImportCSVCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "csv", abstract: "Curves of a CSV file.",
    discussion: helpText(
      """
      Either a line a value (columns metric, value, and step or epoch), as `vgglab export` writes it, or a line a step or epoch \
      with a column for each metric, as Keras' CSVLogger writes it. A column run names the runs.
      """, examples: "import csv keras.csv --name keras -o keras.cells.md"))

  @OptionGroup var options: ImportOptions

  @Argument(help: "The file; - is standard input.")
  var file: String

  func execute() throws {
    let text = try readText(file, limit: 256 << 20)
    try options.write(
      try readCurves(csv: text, path: file, metrics: options.metrics), format: "csv", source: file)
  }
}

struct ImportEventsCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "tfevents", abstract: "Scalars of TensorBoard's event files.",
    discussion: helpText(
      """
      PATH is an event file, or a log folder with a folder a run.
      """, examples: "import tfevents runs --name torch --metric Loss/train -o torch.cells.md"))

  @OptionGroup var options: ImportOptions

  @Argument(help: "An event file or a log folder.")
  var path: String

  func execute() throws {
    try options.write(try readEvents(at: path), format: "tfevents", source: path)
  }
}

struct ImportMLflowCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "mlflow", abstract: "Metrics of the runs of an experiment on an MLflow server.",
    discussion: helpText(
      examples: "import mlflow --url http://localhost:5000 --experiment mnist --name other -o other.cells.md"))

  @OptionGroup var options: ImportOptions

  @Option(name: .long, help: ArgumentHelp("The server's address.", valueName: "address"))
  var url: String

  @Option(name: .long, help: "The experiment's name there.")
  var experiment: String

  @Option(name: .long, help: "Only runs that this search string of MLflow finds (params.lr = '0.05').")
  var filter = ""

  func validate() throws {
    if experiment.isEmpty { throw ValidationError("--experiment is empty; name an experiment") }
  }

  func execute() throws {
    let client = try HTTPClient(address: url, environment: ProcessInfo.processInfo.environment)
    let points = try MLflowServer(client: client).readCurves(
      experiment: experiment, filter: filter, metrics: options.metrics)
    try options.write(points, format: "mlflow", source: "\(url), experiment \(experiment)")
  }
}
