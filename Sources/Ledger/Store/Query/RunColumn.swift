import Journals

/// A column that `list --columns` and `--group-by` take: one of `run_summary`, or what else a run has.
public struct RunColumn: Sendable, Hashable {
  /// Where its values come from.
  enum Source: Sendable, Hashable {
    case summary, state, tags
    /// What is recorded as the end of the run, or of its worker.
    case cause
    /// Bytes of the run's folder, and of the weights in it.
    case bytes, weightsBytes
  }

  /// As it was typed.
  public let name: String
  let source: Source
  /// Whether its values are numbers.
  public let isNumber: Bool

  private static let own: [String: Source] = [
    "state": .state, "cause": .cause, "tags": .tags, "bytes": .bytes, "weights_bytes": .weightsBytes,
  ]

  /// Throws ``StoreError/badFilter(_:reason:)`` for a name that is no column.
  public init(_ name: String) throws(StoreError) {
    let fields = RunField.standard
    guard let source = Self.own[name] ?? (fields[name] != nil ? .summary : nil) else {
      throw .badFilter(
        name,
        reason: "there is no column '\(name.prefix(40))'"
          + suggestion(name, among: (Array(fields.keys) + Array(Self.own.keys)).sorted(), limit: 3)
          + "; columns are those of run_summary (see docs/store.md), state, tags, bytes and weights_bytes")
    }
    self.name = name
    self.source = source
    isNumber = source == .bytes || source == .weightsBytes || fields[name] == .number
  }
}

extension Store {
  /// The values of some columns for each of some runs, in their order. Throws ``StoreError``.
  public func values(of columns: [RunColumn], for runs: [RunSummary]) throws(StoreError) -> [[SQLValue]] {
    let names = columns.filter { $0.source == .summary }.map(\.name)
    var found: [String: [SQLValue]] = [:]
    if !names.isEmpty {
      // By name alone: a run that was found by another name of its has its own here.
      let list = (["run"] + names).map { "\"\($0)\"" }.joined(separator: ", ")
      for row in try query("SELECT \(list) FROM run_summary").rows { found[row[0].plainText] = Array(row.dropFirst()) }
    }
    var result: [[SQLValue]] = []
    for run in runs {
      var summary = (found[run.id] ?? [])[...]
      var row: [SQLValue] = []
      for column in columns {
        switch column.source {
        case .summary: row.append(summary.popFirst() ?? .null)
        case .cause: row.append(run.cause.map { .text($0) } ?? .null)
        case .state: row.append(.text(run.state.name))
        case .tags: row.append(run.tags.isEmpty ? .null : .text(run.tags.joined(separator: " ")))
        case .bytes: row.append(.integer(Int64((try? runsFolder().bytes(run.id)) ?? 0)))
        case .weightsBytes: row.append(.integer(Int64(weights(of: run.id).reduce(0) { $0 + $1.bytes })))
        }
      }
      result.append(row)
    }
    return result
  }

  /// The files of weights that a run's folder has. A link is none.
  func weights(of run: String) -> [(name: String, bytes: Int)] {
    guard let folder = try? RunFolder(store: directory, existing: run).open(), let names = try? folder.names() else {
      return []
    }
    return names.filter(ArtifactName.isWeightsFile).sorted().map { ($0, folder.bytes($0)) }.filter { $0.1 > 0 }
  }
}
