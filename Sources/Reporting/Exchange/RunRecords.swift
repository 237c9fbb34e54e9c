import Configurations
import Foundation
import Journals
import Processes
package import Store

/// A run as other tools take it: what it is called, what it was configured to, and its measured values with the time of each.
package struct RunRecords: Sendable {
  package var run: RunSummary
  package var details: RunDetails
  package var metrics: [MeasuredValue]

  /// Reads a run's records; of values that a later attempt measured again the later ones. Throws `StoreError`.
  package init(_ run: RunSummary, in store: Store) throws(StoreError) {
    self.run = run
    details = try store.details(of: run)
    metrics = try store.measuredValues(run: run.id)
  }

  /// The configuration's keys with dots (`training.seed`) and their values, sorted.
  package var settings: [(name: String, value: EventFile.Setting)] { Self.settings(run) }

  /// The configuration's keys with their values as text.
  package var parameters: [(name: String, value: String)] { Self.parameters(run) }

  private static func settings(_ run: RunSummary) -> [(name: String, value: EventFile.Setting)] {
    guard let configuration = try? TrialConfiguration(canonicalText: run.configuration ?? "") else { return [] }
    var found: [(name: String, value: EventFile.Setting)] = []
    for key in ConfigurationTable.standard.keys where key.canonical != .never {
      guard key.kind != .group, let value = key.get(configuration) else { continue }
      switch value {
      case .whole(let number): found.append((key.name, .number(Double(number))))
      case .number(let number): found.append((key.name, .number(number)))
      case .truth(let truth): found.append((key.name, .truth(truth)))
      // A seed has more bits than a number of these tools.
      case .unsigned, .text, .blocks: found.append((key.name, .text(value.description)))
      }
    }
    return found.sorted { $0.name < $1.name }
  }

  private static let seedKey = "training.seed"

  private static func parameters(_ run: RunSummary) -> [(name: String, value: String)] {
    settings(run).map { name, value in
      switch value {
      case .number(let number): (name, Int64(exactly: number).map { "\($0)" } ?? "\(number)")
      case .text(let text): (name, text)
      case .truth(let truth): (name, "\(truth)")
      }
    }
  }

  /// A run's configuration without the seed: runs that differ in it alone have the same.
  static func configurationWithoutSeed(_ run: RunSummary) -> String {
    parameters(run).filter { $0.name != seedKey }.map { "\($0.name)=\($0.value)" }.joined(separator: "\n")
  }

  /// When an attempt did a step, in seconds since 1970: journals record when an attempt began and how long it worked, and its steps
  /// are spread evenly over that time.
  package func wallTime(attempt: Int, step: Int) -> Double {
    guard let found = details.attempts.first(where: { $0.attempt == attempt }) else { return startedAt }
    let start = date(ofTimestamp: found.started_at)?.timeIntervalSince1970 ?? startedAt
    let last = max(details.steps.first { $0.attempt == attempt }?.last ?? step, step)
    guard last > found.resumed_from, found.seconds.isFinite else { return start }
    return start + found.seconds * Double(max(0, step - found.resumed_from)) / Double(last - found.resumed_from)
  }

  /// Seconds since 1970.
  package var startedAt: Double { date(ofTimestamp: run.createdAt)?.timeIntervalSince1970 ?? 0 }
  /// Seconds since 1970; nil for a run without an end.
  package var endedAt: Double? { run.endedAt.flatMap(date(ofTimestamp:))?.timeIntervalSince1970 }

  /// The run as TensorBoard's event file.
  package var events: EventFile {
    var description = "| key | value |\n|---|---|\n"
    let facts: [(String, String)] =
      [
        ("run", run.id), ("experiment", run.experiment), ("trial", run.trial), ("state", run.state.name),
        ("created", run.createdAt),
      ] + parameters.map { ($0.name, $0.value) }
    for (key, value) in facts { description += "| \(key) | \(value.replacing("|", with: "\\|")) |\n" }
    return EventFile(
      startedAt: startedAt,
      scalars: metrics.map {
        EventFile.Scalar(
          tag: $0.metric, step: $0.step, wallTime: wallTime(attempt: $0.attempt, step: $0.step), value: $0.value)
      }, settings: settings, description: description, group: "\(run.experiment)/\(run.trial)")
  }

  /// The name of the event file, which is the same for the same run.
  package var eventFileName: String { "events.out.tfevents.\(Int(max(0, min(startedAt, 9e9)))).vgglab" }

  /// The name of the run's folder for TensorBoard, which shows it as the run's name.
  package var folderName: String {
    let trial = run.trial.unicodeScalars.filter {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains($0))
    }
    let name = String(String.UnicodeScalarView(trial.drop { $0 == "." || $0 == "-" }.prefix(70)))
    return name.isEmpty ? run.id : "\(name)-\(run.id)"
  }
}
