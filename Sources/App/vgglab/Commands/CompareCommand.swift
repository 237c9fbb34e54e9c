import ArgumentParser
import Runs
import Store
import Text

struct CompareCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare runs or the trials of an experiment.",
    discussion: helpText(
      """
      Runs that differ in their seed alone form one line: the mean ± half its 95 % interval, and the difference to \
      the first line, paired by seed. Where two runs kept their test predictions, McNemar's exact test says \
      whether one is better.

      A saved comparison keeps its runs from being removed; --saved lists all of them, and --delete deletes one, \
      not its runs.
      """, examples: "compare resize", "compare vgg11-small-96 vgg11-small-64 --plot curves.png"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions
  @OptionGroup(title: "Common options") var look: OutputStyleOptions

  @Argument(
    help: ArgumentHelp(
      "Runs: ids, unique prefixes of them, or trials' names; an experiment's name for the newest complete run of each of its trials.",
      valueName: "run"))
  var runs: [String] = []

  @Option(name: .long, help: "Compare only the experiment's runs of this profile ('none' for runs without one).")
  var profile: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Draw test accuracy and train loss into a PNG, or an SVG or PDF if the name ends so.", valueName: "file"))
  var plot: String?

  @Option(name: .long, help: ArgumentHelp("Save the comparison and protect its runs from removal.", valueName: "name"))
  var save: String?

  @Option(name: .long, help: "The question that the comparison answers; saved with it.")
  var question: String?

  @Option(name: .long, help: ArgumentHelp("Compare the runs of a saved comparison again.", valueName: "name"))
  var load: String?

  @Flag(name: .long, help: "List the saved comparisons.")
  var saved = false

  @Option(name: .long, help: ArgumentHelp("Delete a saved comparison; its runs stay.", valueName: "name"))
  var delete: String?

  func validate() throws {
    if saved || delete != nil {
      guard runs.isEmpty, load == nil, save == nil, plot == nil, profile == nil, question == nil,
        !saved || delete == nil
      else {
        throw ValidationError("\(saved ? "--saved" : "--delete") compares nothing; leave out runs and other options")
      }
      return
    }
    try checkOutput(plot, option: "--plot")
    if let plot, PlotFormat(path: plot) == nil {
      throw ValidationError("--plot is '\(plot)'; end the name with .png, .svg or .pdf")
    }
    if load != nil, !runs.isEmpty { throw ValidationError("--load names the runs already; name none besides") }
    if let profile, profile.isEmpty { throw ValidationError("--profile is empty; name a profile, or none") }
    if load != nil, profile != nil {
      throw ValidationError("--profile selects among an experiment's runs, and --load names the runs; leave one out")
    }
    if load == nil, runs.isEmpty { throw ValidationError("name the runs to compare, or an experiment") }
  }

  /// The saved comparisons, each with its runs and question.
  private static func list(_ saved: [SavedComparison]) -> String {
    guard !saved.isEmpty else { return "no saved comparisons" }
    var table = TextTable([("name", .left), ("saved", .left), ("runs", .right), ("question", .left)])
    for one in saved {
      table.add([printable(one.name), printable(one.saved_at), "\(one.runs.count)", printable(one.question)])
    }
    return table.text
  }

  /// The runs of a saved comparison that the store has yet.
  private func found(of saved: SavedComparison, in store: Store) throws -> [RunSummary] {
    var (found, gone): ([RunSummary], [String]) = ([], [])
    for id in saved.runs {
      do throws(StoreError) { found.append(try store.run(matching: id)) } catch {
        guard case .noSuchRun = error else { throw error }
        gone.append(id)
      }
    }
    if !gone.isEmpty {
      printError(
        "vgglab: of the comparison '\(saved.name)' \(gone.joined(separator: ", ")) \(gone.count == 1 ? "is" : "are") not in the store any more; "
          + "the other \(found.count) are compared")
    }
    return found
  }

  func execute() throws {
    let source = try store.open()
    if let delete {
      try source.deleteComparison(named: delete)
      return output("deleted comparison '\(delete)'; its runs stay")
    }
    if self.saved {
      let all = source.comparisons()
      return output(format.json ? try json(all) : Self.list(all))
    }
    let saved = try load.map { try source.comparison(named: $0) }
    let chosen =
      try saved.map { try found(of: $0, in: source) }
      ?? runsToCompare(runs, profile: profile, in: source)
    let profiles = Set(chosen.map { $0.profile ?? "none" })
    if saved == nil, profiles.count > 1, Set(chosen.map(\.experiment)).count == 1 {
      printError(
        "vgglab: the runs are of different profiles (\(profiles.sorted().joined(separator: ", "))); "
          + "--profile NAME compares those of one")
    }
    let comparison = try compare(chosen, in: source, question: question ?? saved?.question)
    if let plot, let format = PlotFormat(path: plot) {
      try drawComparison(comparison, in: source, to: plot, as: format)
    }
    if let save { try Runs.save(comparison, as: save, in: source) }
    guard !format.json else { return output(try json(comparison)) }
    let look = look.look
    output(comparison.text(look), look)
  }
}
