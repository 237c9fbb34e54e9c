import ArgumentParser
import Runs

struct CompareCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Put runs side by side: parameters that differ, and what came out.",
    discussion: """
      Runs that differ in their seed alone form a group: mean, standard deviation and 95 % interval, and differences \
      paired by seed. Where two runs kept their test predictions, McNemar's exact test tells whether one is better.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Argument(help: ArgumentHelp("Runs: ids, unique prefixes of them, or trials' names.", valueName: "run"))
  var runs: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Draw test accuracy and train loss into a PNG, or an SVG or PDF if the name ends so.", valueName: "file"))
  var plot: String?

  @Option(name: .long, help: ArgumentHelp("Keep the comparison; its runs are not removed then.", valueName: "name"))
  var save: String?

  @Option(name: .long, help: "What the comparison is to tell, kept with it.")
  var question: String?

  @Option(name: .long, help: ArgumentHelp("Compare again the runs of a comparison that was kept.", valueName: "name"))
  var load: String?

  func validate() throws {
    if let plot, PlotFormat(path: plot) == nil {
      throw ValidationError("--plot is '\(plot)'; end the name with .png, .svg or .pdf")
    }
    if load != nil, !runs.isEmpty { throw ValidationError("--load names the runs already; name none besides") }
    if load == nil, runs.isEmpty { throw ValidationError("name the runs to compare") }
  }

  func execute() throws {
    let source = try store.open()
    let saved = try load.map { try source.comparison(named: $0) }
    let chosen = try (saved?.runs ?? runs).map { try source.run(matching: $0) }
    let comparison = try compare(chosen, in: source, question: question ?? saved?.question)
    if let plot, let format = PlotFormat(path: plot) {
      try drawComparison(comparison, in: source, to: plot, as: format)
    }
    if let save { try Runs.save(comparison, as: save, in: source) }
    output(format.json ? try json(comparison) : comparison.text)
  }
}
