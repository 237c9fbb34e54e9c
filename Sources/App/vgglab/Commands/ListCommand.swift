public import ArgumentParser
import Foundation
import Runs
import Store
import Terminal

struct ListCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs of the store.",
    discussion: helpText(
      """
      A filter is a field, a comparison (=, !=, <, <=, >, >=, ~ for contains) and a value: state=completed, \
      arch=vgg11, 'test_accuracy>0.9', tag=good, profile=none. Fields are the columns of run_summary, state and \
      tag.

      The list fits the terminal (COLUMNS, else 80 columns): what all runs have in common is in a line above it. \
      The column "changed" has what --set or a profile changed, and what distinguishes runs of one name. \
      A star behind a rate: other programs disturbed some of the run's epochs.
      """, examples: "list --filter 'test_accuracy>0.9' --sort -test_accuracy",
      "list --experiment resize --columns run,trial,learning_rate"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions
  @OptionGroup(title: "Common options") var look: OutputStyleOptions

  @OptionGroup(title: "Which runs") var which: RunChoice
  @OptionGroup(title: "Columns and order") var shape: ListShape

  func validate() throws {
    if shape.groupBy != nil, shape.columns != nil {
      throw ValidationError("--group-by does not go with --columns; `vgglab query` groups as SQL does")
    }
    if let limit = which.limit, limit < 1 { throw ValidationError("--limit is \(limit); it must be at least 1") }
  }

  func execute() throws {
    var selection = RunSelection(
      filters: try which.filter.map { try RunFilter($0) }, order: try shape.sort.map { try RunOrder($0) },
      limit: which.limit,
      includesRemoved: which.removed)
    if let experiment = which.experiment { selection.filters.append(RunFilter(experiment: experiment)) }
    if let state = which.state { selection.filters.append(try RunFilter("state=\(state.name)")) }
    let groupColumns = try shape.groupBy.map(Self.columns)
    let columns = try shape.columns.map(Self.columns)
    let store = try store.open()
    let runs = try store.runs(selection)
    if runs.isEmpty, let experiment = which.experiment {
      _ = try store.runs(ofExperiment: experiment, includesRemoved: which.removed)
    }
    if let columns = groupColumns {
      let groups = try RunGroup.groups(of: runs, by: columns, in: store)
      guard format.json else { return output(RunTexts.groups(groups, by: columns, look: look.look), look.look) }
      output(terminalSafe(json: RunGroup.table(groups, by: columns).json))
    } else if let columns {
      guard format.json else { return output(try RunTexts.list(runs, columns: columns, in: store)) }
      let rows = try store.values(of: columns, for: runs)
      output(terminalSafe(json: QueryResult(columns: columns.map(\.name), rows: rows).json))
    } else {
      guard !format.json else { return output(try json(runs.map(RunFacts.init))) }
      let look = look.look
      output(RunTexts.list(runs, changes: try changes(of: runs, in: store), look: look), look)
      clusterNotes(runs, in: store.directory).forEach(printError)
    }
  }

  private static func columns(_ list: String) throws -> [RunColumn] {
    let columns = try list.split(separator: ",", omittingEmptySubsequences: false).map {
      try RunColumn($0.trimmingCharacters(in: .whitespaces))
    }
    var seen = Set<String>()
    for column in columns where !seen.insert(column.name).inserted {
      throw ValidationError("column '\(column.name)' is named twice")
    }
    return columns
  }
}

extension RunState: ExpressibleByArgument {}

/// Which runs `list` shows.
struct RunChoice: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Only runs that this lets through; may be repeated.", valueName: "condition"))
  var filter: [String] = []

  @Option(name: .long, help: "Only runs of this experiment.")
  var experiment: String?

  @Option(name: .long, help: "Only runs in this state: \(RunState.allCases.map(\.name).joined(separator: ", ")).")
  var state: RunState?

  @Option(name: .long, help: "Show at most N runs (the newest, unless --sort is given).")
  var limit: Int?

  @Flag(name: .long, help: "Show removed runs as well.")
  var removed = false

  func validate() throws {
    if let experiment, experiment.isEmpty { throw ValidationError("--experiment is empty; name an experiment") }
  }
}

/// What `list` shows of them.
struct ListShape: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The order; -FIELD for descending (default: the oldest first).", valueName: "field"))
  var sort: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Show these columns of run_summary, state, tags, bytes or weights_bytes instead.", valueName: "name,…"))
  var columns: String?

  @Option(
    name: .long,
    help: ArgumentHelp("A line a group of runs with the same values of these columns.", valueName: "name,…"))
  var groupBy: String?
}
