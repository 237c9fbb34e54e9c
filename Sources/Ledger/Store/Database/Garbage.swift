import Files
import Foundation
import GRDB
import Journals

/// What `gc` deletes: the folders of removed runs, and what killed processes left behind.
public struct Garbage: Sendable, Hashable, Codable {
  /// A folder or file of it.
  public struct Item: Sendable, Hashable, Codable {
    /// In the store.
    public var path: String
    /// With all that is in it.
    public var bytes: Int
  }

  /// Folders of removed runs.
  public var runs: [Item] = []
  /// Temporary files that nobody uses any more.
  public var files: [Item] = []
  /// Weights of complete runs, where they were asked for.
  public var weights: [Item] = []
  /// Removed runs that a process still works on.
  public var kept: [String] = []

  /// Nothing.
  public init() {}

  /// Of all of it.
  public var bytes: Int { (runs + weights + files).reduce(0) { $0 + $1.bytes } }
}

extension Store {
  /// Deletes the folders of removed runs and stale temporary files; with `dryRun` it only reports what that would be. With
  /// `weights` it deletes the weights of complete runs as well: what was measured, predictions included, stays.
  ///
  /// Which runs are removed is what their annotations say, not the index; nothing outside `runs` is touched, and no link
  /// is followed. A temporary file is stale an hour after its last change. Throws ``StoreError``.
  public func collectGarbage(weights: Bool = false, dryRun: Bool) throws(StoreError) -> Garbage {
    var garbage = Garbage()
    let indexed = try reading { try String.fetchAll($0, sql: "SELECT run FROM removal ORDER BY run") }
    let folders = try allRuns()
    let removed = folders.filter { (try? AnnotationFile(of: $0))?.isRemoved == true }
    let stale = try staleFiles(besides: Set(removed.map(\.run)))
    for run in indexed where !folders.contains(where: { $0.run == run }) {
      // Its folder is gone already: a process ended in the midst of this.
      if !dryRun { try forget(run) }
    }
    for folder in removed {
      guard let lock = try journaling({ () throws(JournalError) in try folder.acquireLock() }) else {
        garbage.kept.append(folder.run)
        continue
      }
      defer { lock.release() }
      // It may have been restored since the look at all of them.
      guard (try? AnnotationFile(of: folder))?.isRemoved == true else { continue }
      garbage.runs.append(Garbage.Item(path: "runs/\(folder.run)", bytes: try runsFolder().bytes(folder.run)))
      if !dryRun { try delete(folder) }
    }
    if weights { garbage.weights = try collectWeights(dryRun: dryRun) }
    for item in stale {
      garbage.files.append(Garbage.Item(path: item.path, bytes: item.folder.bytes(item.name)))
      if !dryRun { try filing { () throws(FileError) in try item.folder.removeAll(item.name) } }
    }
    return garbage
  }

  private func collectWeights(dryRun: Bool) throws(StoreError) -> [Garbage.Item] {
    var items: [Garbage.Item] = []
    for run in try runs(RunSelection(filters: [RunFilter("state=completed")])) {
      guard let folder = try? RunFolder(store: directory, existing: run.id),
        let lock = try journaling({ () throws(JournalError) in try folder.acquireLock() })
      else { continue }
      defer { lock.release() }
      let files = try filing { () throws(FileError) in try folder.open() }
      for file in self.weights(of: run.id) {
        items.append(Garbage.Item(path: "runs/\(run.id)/\(file.name)", bytes: file.bytes))
        if !dryRun { try filing { () throws(FileError) in try files.removeAll(file.name) } }
      }
    }
    return items
  }

  /// Deletes a run's folder: away in one step first, for half a folder would be a damaged run.
  private func delete(_ run: RunFolder) throws(StoreError) {
    guard let name = RunFolder.name(of: run.run) else { return }
    let runs = try runsFolder()
    let trash = ".trash-\(name)"
    try filing { () throws(FileError) in
      try runs.removeAll(trash)
      try runs.hide(name, as: trash)
    }
    try forget(run.run)
    try filing { () throws(FileError) in try runs.removeAll(trash) }
  }

  /// The folder of all runs. Throws ``StoreError``.
  func runsFolder() throws(StoreError) -> Folder {
    try filing { () throws(FileError) in try RunFolder.runs(in: directory) }
  }

  /// The folders of all runs, by their ids. Throws ``StoreError``.
  func allRuns() throws(StoreError) -> [RunFolder] {
    let ids = try filing { () throws(FileError) in try RunFolder.ids(in: directory) }
    return ids.compactMap { try? RunFolder(store: directory, existing: $0) }
  }

  /// Folders of runs that are there and cannot be opened, as for somebody whom they were not shared with, and why.
  func unreadableRuns() throws(StoreError) -> [(run: String, error: FileError)] {
    let ids = try filing { () throws(FileError) in try RunFolder.ids(in: directory) }
    return ids.compactMap { id in
      do throws(JournalError) { _ = try RunFolder(store: directory, existing: id) } catch {
        // A link or a file in its place is no folder of a run.
        if case .file(let error) = error, case .unreadable = error { return (id, error) }
      }
      return nil
    }
  }

  private struct StaleFile {
    /// In the store.
    var path: String
    var folder: Folder
    var name: String
  }

  /// Temporary files and folders that nobody has changed for an hour, and runs that were moved away to be deleted.
  private func staleFiles(besides removed: Set<String>) throws(StoreError) -> [StaleFile] {
    var stale: [StaleFile] = []
    func add(_ folder: Folder?, _ prefix: String, _ isStale: (String) -> Bool) {
      guard let folder, let names = try? folder.names() else { return }
      stale += names.filter(isStale).map { StaleFile(path: prefix + $0, folder: folder, name: $0) }
    }
    func isOld(_ folder: Folder, _ name: String) -> Bool {
      folder.status(name).map { time(nil) - $0.st_mtim.tv_sec > 3600 } ?? false
    }
    let top = try filing { () throws(FileError) in try Folder(directory) }
    add(top, "") { $0.hasPrefix("rebuilt-") && isOld(top, $0) }
    for name in [StoreFolder.comparisons, StoreFolder.pins] {
      guard let folder = try? top.folder(name) else { continue }
      add(folder, "\(name)/") { $0.hasSuffix(".tmp") && isOld(folder, $0) }
    }
    let runs = try runsFolder()
    for run in (try? runs.names()) ?? [] {
      if run.hasPrefix(".trash-") || run.hasPrefix(".import-") && isOld(runs, run) {
        stale.append(StaleFile(path: "runs/\(run)", folder: runs, name: run))
      }
      guard !removed.contains(run), let folder = try? RunFolder(store: directory, existing: run),
        let inner = try? folder.open(), !folder.isLocked
      else { continue }
      add(inner, "runs/\(run)/") { $0.hasSuffix(".tmp") && isOld(inner, $0) }
    }
    return stale
  }

  /// Takes a run whose folder is gone out of the database, which is then what its other journals would make.
  public func forget(_ run: String) throws(StoreError) {
    do {
      try queue.writeWithoutTransaction { database in
        try database.inTransaction(.immediate) {
          let trial = try Fetched<TrialKey>.first(
            database, "SELECT experiment, trial, trial_id FROM run WHERE id = ?", [run])
          for table in StoreTable.ofOneRun {
            try database.execute(sql: "DELETE FROM \(table.name) WHERE run = ?", arguments: [run])
          }
          try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [run])
          for (table, sharing) in StoreTable.shared {
            try database.execute(sql: "DELETE FROM \(table.name) AS t WHERE \(sharing.isOrphan)")
          }
          if let trial {
            try restoreReferences(to: trial, database)
            try restoreNewest(trial, database)
          }
          return .commit
        }
      }
    } catch let error as StoreError { throw error } catch {
      throw .database(path: databasePath, reason: Self.reason(error))
    }
  }

  /// What names a trial's row.
  private struct TrialKey: Decodable {
    var experiment, trial, trialID: String

    enum CodingKeys: String, CodingKey {
      case experiment, trial
      case trialID = "trial_id"
    }
  }

  /// Inserts the names again that other runs of a configuration have by their annotations.
  private func restoreReferences(to trial: TrialKey, _ database: Database) throws {
    for run in try String.fetchAll(
      database, sql: "SELECT id FROM run WHERE trial_id = ? ORDER BY id", arguments: [trial.trialID])
    {
      guard let folder = try? RunFolder(store: directory, existing: run), let file = try? AnnotationFile(of: folder)
      else { continue }
      for reference in file.records.compactMap(ReferenceRecord.init) {
        try insert(reference, run: run, database)
      }
    }
  }

  /// Of what several runs say the newest counts; here the newest of those that are left.
  private func restoreNewest(_ trial: TrialKey, _ database: Database) throws {
    func newest(_ condition: String, _ arguments: StatementArguments) throws -> RunRecord? {
      let runs = try String.fetchCursor(
        database, sql: "SELECT id FROM run WHERE \(condition) ORDER BY \(Schema.newestFirst("run"))",
        arguments: arguments)
      while let run = try runs.next() {
        // The index has the names of runs whose folders are gone as well.
        guard let folder = try? RunFolder(store: directory, existing: run),
          case .run(let record)? = try? readJournal(folder, limit: 1).records.first
        else { continue }
        return record
      }
      return nil
    }
    if let record = try newest("experiment = ?", [trial.experiment]) {
      try database.execute(
        sql: "UPDATE experiment SET question = ? WHERE name = ?", arguments: [record.question, trial.experiment])
    }
    let key: StatementArguments = [trial.experiment, trial.trial, trial.trialID]
    if let record = try newest("experiment = ? AND trial = ? AND trial_id = ?", key) {
      try database.execute(
        sql: "UPDATE trial SET profile = ?, configuration = ? WHERE experiment = ? AND name = ? AND trial_id = ?",
        arguments: [record.profile, record.configuration] + key)
    }
  }
}
