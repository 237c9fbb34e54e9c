public import Runs
public import Store
import Text

extension RunTexts {
  /// A line a run, in as many columns as the look has; what all runs have in common is in a line above.
  public static func list(_ runs: [RunSummary], changes: RunChanges = RunChanges(), look: OutputStyle = .plain)
    -> String
  {
    guard !runs.isEmpty else { return "no runs" }
    let hasAuthors = Set(runs.map(\.author)).count > 1
    var table = FittedTable([
      .init("run"), .init("experiment", folds: true, shortens: true), .init("trial", shortens: true),
      .init("profile", folds: true), .init("changed", shortens: true), .init("state", folds: true),
      .init("train loss", .right, dropRank: 8), .init("train acc", .right, dropRank: 9),
      .init("test acc", .right, dropRank: 1), .init("", dropRank: 10), .init("images/s", .right, dropRank: 6),
      .init("time", .right, dropRank: 3), .init("created (UTC)", dropRank: 5),
      .init("author", folds: true, shortens: true, dropRank: 4), .init("tags", dropRank: 7),
    ])
    for run in runs {
      table.add([
        .init(run.id), .init(run.experiment), .init(run.trial), .init(run.profile ?? FittedTable.absent),
        .init((changes.ofRun[run.id] ?? []).joined(separator: " ")), state(run),
        .init(Quantity.fixed(run.trainLoss, 3)), .init(Quantity.fixed(run.trainAccuracy, 3)),
        .init(Quantity.fixed(run.testAccuracy, 3)), .init(look.bar(run.testAccuracy), .faint),
        .init(Quantity.fixed(run.examplesPerSecond, 1) + (run.disturbedEpochs > 0 ? "*" : "")),
        .init(run.seconds.map(Quantity.duration) ?? FittedTable.absent),
        .init(String(run.createdAt.prefix(16)).replacing("T", with: " ")),
        .init(hasAuthors ? run.author ?? FittedTable.absent : ""), .init(run.tags.joined(separator: " ")),
      ])
    }
    let (lines, omitted) = look.lines(table)
    var text =
      profileLines(changes, look, isOneExperiment: Set(runs.map(\.experiment)).count < 2) + lines
    if look.hasNotes, !omitted.isEmpty {
      text.append(
        look.painted(
          wrapped(
            "not shown in \(look.width) columns: \(omitted.filter { !$0.isEmpty }.joined(separator: ", "))",
            width: look.width),
          .faint))
    }
    // For people alone: a program that reads the list knows the column.
    if look.hasNotes, !omitted.contains("images/s"), let note = listNote(runs) {
      text.append(look.painted(note, .faint))
    }
    return text.joined(separator: "\n")
  }

  /// What the profiles of the listed runs changed, a paragraph each.
  private static func profileLines(_ changes: RunChanges, _ look: OutputStyle, isOneExperiment: Bool) -> [String] {
    changes.profiles.flatMap { profile in
      let name = isOneExperiment ? profile.name : "\(profile.name) of \(profile.experiment)"
      return wrapped(printable("profile \(name): \(profile.changes.joined(separator: " "))"), width: look.width)
        .split(separator: "\n").map { look.painted(String($0), .faint) }
    }
  }

  private static func state(_ run: RunSummary) -> FittedTable.Cell {
    let emphasis: FittedTable.Emphasis =
      switch run.state {
      case .completed: .good
      case .failed, .lost, .gone: .bad
      case .queued, .running, .interrupted: .active
      }
    return .init(run.state.name + (run.removedAt == nil ? "" : ", removed"), emphasis)
  }

  /// What the star behind a rate means; nil where no run has one.
  private static func listNote(_ runs: [RunSummary]) -> String? {
    runs.contains { $0.disturbedEpochs > 0 }
      ? "* other programs disturbed some epochs: `vgglab show RUN` has the rates" : nil
  }
}
