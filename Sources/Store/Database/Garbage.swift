import Foundation
import GRDB

/// What `gc` deletes: the folders of removed runs, and what killed processes left behind.
public struct Garbage: Sendable, Hashable, Codable {
  public struct Item: Sendable, Hashable, Codable {
    /// In the store.
    public var path: String
    public var bytes: Int
  }

  public var runs: [Item] = []
  public var files: [Item] = []
  /// Removed runs that a process still works on.
  public var kept: [String] = []

  public init() {}

  public var bytes: Int { (runs + files).reduce(0) { $0 + $1.bytes } }
}

extension Store {
  /// Deletes the folders of removed runs and stale temporary files; with `dryRun` it only tells what that would be.
  ///
  /// A temporary file is stale an hour after its last change. Throws ``StoreError``.
  public func collectGarbage(dryRun: Bool) throws(StoreError) -> Garbage {
    var garbage = Garbage()
    let removed = try reading { try String.fetchAll($0, sql: "SELECT run FROM removal ORDER BY run") }
    let stale = staleFiles(besides: Set(removed))
    for run in removed where RunFolder.isID(run) {
      guard let folder = try? RunFolder(store: directory, existing: run) else {
        // Its folder is gone already: a process ended in the midst of this.
        if !dryRun { try forget(run) }
        continue
      }
      guard let lock = try folder.acquireLock() else {
        garbage.kept.append(run)
        continue
      }
      garbage.runs.append(Garbage.Item(path: "runs/\(run)", bytes: Self.bytes(folder.path)))
      if !dryRun {
        // Away in one step first: half a folder would be a damaged run.
        let trash = "\(directory)/runs/.trash-\(run)"
        guard rename(folder.path, trash) == 0 else {
          throw .notWritable(path: folder.path, reason: String(cString: strerror(errno)))
        }
        try forget(run)
        try delete(trash)
      }
      lock.release()
    }
    for path in stale {
      garbage.files.append(Garbage.Item(path: path, bytes: Self.bytes("\(directory)/\(path)")))
      if !dryRun { try delete("\(directory)/\(path)") }
    }
    return garbage
  }

  /// Temporary files and folders that nobody has changed for an hour, and runs that were moved away to be deleted.
  private func staleFiles(besides removed: Set<String>) -> [String] {
    func names(_ path: String) -> [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(path)"))?.sorted() ?? []
    }
    func isOld(_ path: String) -> Bool {
      var status = stat()
      return lstat("\(directory)/\(path)", &status) == 0 && time(nil) - status.st_mtim.tv_sec > 3600
    }
    var stale = names(".").filter { $0.hasPrefix("rebuilt-") && isOld($0) }
    for folder in ["comparisons", "pins"] {
      stale += names(folder).filter { $0.hasSuffix(".tmp") }.map { "\(folder)/\($0)" }.filter(isOld)
    }
    for run in names("runs") {
      if run.hasPrefix(".trash-") || run.hasPrefix(".import-") && isOld("runs/\(run)") { stale.append("runs/\(run)") }
      guard RunFolder.isID(run), !removed.contains(run) else { continue }
      let temporary = names("runs/\(run)").filter { $0.hasSuffix(".tmp") }.map { "runs/\(run)/\($0)" }.filter(isOld)
      guard !temporary.isEmpty, let folder = try? RunFolder(store: directory, existing: run), !folder.isLocked else {
        continue
      }
      stale += temporary
    }
    return stale
  }

  private func delete(_ path: String) throws(StoreError) {
    do { try FileManager.default.removeItem(atPath: path) } catch {
      throw .notWritable(path: path, reason: Self.reason(error))
    }
  }

  /// Of a file, or of all files in a folder.
  private static func bytes(_ path: String) -> Int {
    var total = 0
    var status = stat()
    guard lstat(path, &status) == 0 else { return 0 }
    guard status.st_mode & S_IFMT == S_IFDIR else { return Int(status.st_size) }
    for name in FileManager.default.enumerator(atPath: path) ?? FileManager.DirectoryEnumerator() {
      guard let name = name as? String, lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG
      else { continue }
      total += Int(status.st_size)
    }
    return total
  }

  /// Takes a run whose folder is gone out of the database, which is then what its other journals would make.
  private func forget(_ run: String) throws(StoreError) {
    do {
      try queue.writeWithoutTransaction { database in
        try database.inTransaction(.immediate) {
          let row = try Row.fetchOne(
            database, sql: "SELECT experiment, trial, trial_id FROM run WHERE id = ?", arguments: [run])
          let tables = try String.fetchAll(
            database,
            sql: """
              SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
              WHERE m.type = 'table' AND c.name = 'run'
              """)
          for table in tables {
            try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run])
          }
          try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [run])
          for orphan in [
            "trial WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.experiment = trial.experiment AND run.trial = trial.name AND run.trial_id = trial.trial_id)",
            "experiment WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.experiment = experiment.name)",
            "environment WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.environment = environment.digest)",
            "layer WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.network = layer.network)",
            "network WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.network = network.digest)",
          ] { try database.execute(sql: "DELETE FROM \(orphan)") }
          if let row { try restoreNewest(experiment: row[0], trial: row[1], trialID: row[2], database) }
          return .commit
        }
      }
    } catch let error as StoreError { throw error } catch {
      throw .database(path: databasePath, reason: Self.reason(error))
    }
  }

  /// Of what several runs tell the newest counts; here the newest of those that are left.
  private func restoreNewest(experiment: String, trial: String, trialID: String, _ database: Database) throws {
    func newest(_ condition: String, _ arguments: StatementArguments) throws -> RunRecord? {
      guard
        let run = try String.fetchOne(
          database, sql: "SELECT id FROM run WHERE \(condition) ORDER BY created_at DESC, id DESC LIMIT 1",
          arguments: arguments),
        case .run(let record)? = try readJournal(RunFolder.journalPath(store: directory, run: run), limit: 1).records
          .first
      else { return nil }
      return record
    }
    if let record = try newest("experiment = ?", [experiment]) {
      try database.execute(
        sql: "UPDATE experiment SET question = ? WHERE name = ?", arguments: [record.question, experiment])
    }
    if let record = try newest(
      "experiment = ? AND trial = ? AND trial_id = ?", [experiment, trial, trialID])
    {
      try database.execute(
        sql: "UPDATE trial SET profile = ?, configuration = ? WHERE experiment = ? AND name = ? AND trial_id = ?",
        arguments: [record.profile, record.configuration, experiment, trial, trialID])
    }
  }
}
