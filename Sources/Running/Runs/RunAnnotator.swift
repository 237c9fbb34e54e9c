import Foundation
import Journals
import Processes
public import Store

/// Tags, notes and removals of runs: appended to the run's annotations, then taken into the database.
public struct RunAnnotator {
  private let store: Store

  /// Opens a store for changes to annotations; `report` receives its remarks. Throws `StoreError`.
  public init(store directory: String, report: (StoreRemark) -> Void) throws(StoreError) {
    store = try Store.openToChange(at: directory, report: report)
  }

  /// The runs that texts name, each once. Throws `StoreError`.
  public func runs(matching texts: [String]) throws(StoreError) -> [RunSummary] {
    var found: [RunSummary] = []
    for text in texts {
      let run = try store.run(matching: text)
      if !found.contains(where: { $0.id == run.id }) { found.append(run) }
    }
    return found
  }

  /// Gives a run tags, or takes them from it; the tags that it has then. Throws ``RunsError/badTag(_:)`` and `StoreError`.
  public func tag(_ run: RunSummary, _ names: [String], removing: Bool) throws -> [String] {
    for name in names where !AnnotationRecord.isTagName(name) { throw RunsError.badTag(name) }
    let new = names.filter { run.tags.contains($0) == removing }
    try annotate(run, new.map { AnnotationRecord(kind: removing ? .untag : .tag, text: $0, at: timestamp()) })
    return try store.run(matching: run.id).tags
  }

  /// Notes something about a run. Throws ``RunsError`` for a text that is empty, too long or has a zero character, and
  /// `StoreError`.
  public func note(_ run: RunSummary, _ text: String) throws {
    guard !text.allSatisfy(\.isWhitespace) else { throw RunsError.badNote(bytes: 0, limit: AnnotationRecord.noteLimit) }
    guard text.utf8.count <= AnnotationRecord.noteLimit else {
      throw RunsError.badNote(bytes: text.utf8.count, limit: AnnotationRecord.noteLimit)
    }
    // SQLite's functions end a text there.
    if text.utf8.contains(0) { throw RunsError.zeroInNote }
    try annotate(run, [AnnotationRecord(kind: .note, text: text, at: timestamp())])
  }

  /// Removes runs softly: all of them or none; the ids of those that were not removed before.
  ///
  /// Throws ``RunsError``: a run is worked on, or belongs to a saved comparison, a report or an archive; the latter not with
  /// `force`.
  public func remove(_ runs: [RunSummary], force: Bool) throws -> [String] {
    let runs = runs.filter { $0.removedAt == nil }
    if !force {
      for comparison in store.comparisons() {
        for run in runs where comparison.runs.contains(run.id) {
          throw RunsError.runIsPinned(run: run.id, comparison: comparison.name)
        }
      }
      for pin in store.pins() {
        for run in runs where pin.runs.contains(run.id) {
          throw RunsError.runIsUsed(run: run.id, by: "\(pin.kind.rawValue) \(pin.path)")
        }
      }
    }
    // The locks are held meanwhile, so that no worker begins with a run that is about to go.
    var locks: [RunLock] = []
    defer { for lock in locks { lock.release() } }
    for run in runs where run.state != .gone {
      guard let lock = try RunFolder(store: store.directory, existing: run.id).acquireLock() else {
        throw RunsError.runIsWorkedOn(run: run.id)
      }
      locks.append(lock)
    }
    for run in runs {
      // Nothing is left to be marked of a run whose folder is gone.
      if run.state == .gone {
        try store.forget(run.id)
      } else {
        try annotate(run, [AnnotationRecord(kind: .remove, at: timestamp())])
      }
    }
    return runs.map(\.id)
  }

  /// Takes removals back; the ids of the runs that were removed. Throws `StoreError`.
  public func restore(_ runs: [RunSummary]) throws -> [String] {
    let runs = runs.filter { $0.removedAt != nil }
    for run in runs { try annotate(run, [AnnotationRecord(kind: .restore, at: timestamp())]) }
    return runs.map(\.id)
  }

  /// Deletes what is removed and stale; with `dryRun` it only reports what would be deleted. Throws `StoreError`.
  public func collectGarbage(weights: Bool = false, dryRun: Bool) throws(StoreError) -> Garbage {
    try store.collectGarbage(weights: weights, dryRun: dryRun)
  }

  private func annotate(_ run: RunSummary, _ records: [AnnotationRecord]) throws {
    guard !records.isEmpty else { return }
    try RunFolder(store: store.directory, existing: run.id).annotate(records)
    _ = try store.ingest()
  }
}

/// Keeps a comparison under a name, so that its runs are not removed by mistake.
///
/// Throws ``RunsError/notComparable(_:)`` for one with a removed run, which `gc` may delete any time, and `StoreError`.
public func save(_ comparison: RunComparison, as name: String, in store: Store) throws {
  for run in comparison.runs where try store.run(matching: run).removedAt != nil {
    throw RunsError.notComparable("run \(run) is removed; restore it before a comparison with it is saved")
  }
  try store.save(
    SavedComparison(
      name: name, question: comparison.question ?? "", savedAt: timestamp(), runs: comparison.runs))
}
