import Files
import Foundation
import GRDB
import Journals

extension Store {
  /// Takes in what the journals have that the index has not; a run's records and how far they were read go in together, so
  /// that each is taken once. Of a run whose folder is gone nothing is left but its name.
  ///
  /// Gives what is wrong with journals, as sentences. Throws ``StoreError`` where the index cannot be written.
  public func ingest() throws(StoreError) -> [String] { try ingest(only: nil) }

  /// The same of some runs.
  package func ingest(only chosen: Set<String>?) throws(StoreError) -> [String] {
    var problems: [String] = []
    let offsets = try readOffsets()
    let runs = try allRuns()
    for run in runs where chosen?.contains(run.run) ?? true {
      let done = offsets[run.run] ?? IndexRows.Progress(run: run.run, offset: 0, annotationOffset: 0)
      do {
        if let size = run.size(of: RunFiles.journal) {
          if size < done.offset {
            problems.append(
              "\(run.journalPath): has \(size) bytes, but \(done.offset) were already read; `vgglab doctor --rebuild` reads it again"
            )
          }
          var isMore = size > done.offset
          while isMore { isMore = try ingestPiece(run, &problems) }
        } else if done.offset > 0, run.isWithoutJournal {
          problems.append(
            "\(run.journalPath): is missing, so nothing of the run is known any more; restore the file, or remove the run with `vgglab rm \(run.run)`"
          )
        } else if let kind = (try? run.open())?.kind(of: RunFiles.journal.text) {
          problems.append("\(FileError.notPlain(path: run.journalPath, kind: kind))")
        }
        if run.size(of: RunFiles.annotations) ?? 0 != done.annotationOffset { problems += try ingestAnnotations(run) }
      } catch StoreError.file(let error) {
        // One journal that cannot be read keeps nobody from the others.
        problems.append("\(error)")
      } catch let error as StoreError {
        throw error
      } catch let error as JournalError {
        problems.append("\(error)")
      } catch {
        throw .database(path: databasePath, reason: Self.reason(error))
      }
    }
    let unreadable = try unreadableRuns()
    problems += unreadable.filter { chosen?.contains($0.run) ?? true }.map { "\($0.error)" }
    problems += try clearMissing(Set(runs.filter { !$0.isWithoutJournal }.map(\.run) + unreadable.map(\.run)))
    return problems
  }

  func readOffsets() throws(StoreError) -> [String: IndexRows.Progress] {
    try reading { database in
      let rows = try Fetched<IndexRows.Progress>.all(database, "SELECT run, offset, annotation_offset FROM journal")
      return Dictionary(rows.map { ($0.run, $0) }) { first, _ in first }
    }
  }

  /// Whether the index has everything that the journals have.
  var isUpToDate: Bool {
    get throws(StoreError) {
      let offsets = try readOffsets()
      let known = Set(try reading { try String.fetchAll($0, sql: "SELECT id FROM run") })
      let runs = try allRuns().filter { !$0.isWithoutJournal }
      guard try reading({ try Int.fetchOne($0, sql: "PRAGMA user_version") }) == Schema.version,
        known.isSubset(of: runs.map(\.run))
      else { return false }
      return runs.allSatisfy { run in
        (run.size(of: RunFiles.journal) ?? 0) <= offsets[run.run]?.offset ?? 0
          && (run.size(of: RunFiles.annotations) ?? 0) == offsets[run.run]?.annotationOffset ?? 0
      }
    }
  }

  /// Makes a run's tags, notes and removal again from its annotations: they are few.
  private func ingestAnnotations(_ folder: RunFolder) throws -> [String] {
    let run = folder.run
    var problems: [String] = []
    try queue.writeWithoutTransaction { database in
      try database.inTransaction(.immediate) {
        guard try Bool.fetchOne(database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run]) == true else {
          return .commit
        }
        let file = try AnnotationFile(of: folder)
        problems = file.problems
        for table in StoreTable.all where table.role == .annotation {
          try database.execute(sql: "DELETE FROM \(table.name) WHERE run = ?", arguments: [run])
        }
        for (position, record) in file.records.enumerated() {
          try insert(record, position: position, run: run, database)
        }
        try database.execute(
          sql: """
            INSERT INTO journal (run, offset, annotation_offset) VALUES (?, 0, ?)
            ON CONFLICT (run) DO UPDATE SET annotation_offset = excluded.annotation_offset
            """, arguments: [run, file.endOffset])
        return .commit
      }
    }
    return problems
  }

  /// Bytes of a journal that are taken in by one transaction.
  private static let pieceBytes = 8 << 20

  /// Takes in the next piece of a run's journal; whether there may be more.
  private func ingestPiece(_ folder: RunFolder, _ problems: inout [String]) throws -> Bool {
    let run = folder.run
    var found: [String] = []
    var length = 0
    try queue.writeWithoutTransaction { database in
      try database.inTransaction(.immediate) {
        let offset = try Int.fetchOne(database, sql: "SELECT offset FROM journal WHERE run = ?", arguments: [run]) ?? 0
        let piece = try readJournal(folder, from: offset, limit: Self.pieceBytes)
        length = piece.endOffset - offset
        found = try ingest(piece, run, folder.journalPath, database)
        return .commit
      }
    }
    problems += found
    return length >= Self.pieceBytes
  }

  private func ingest(_ piece: JournalPiece, _ run: String, _ path: String, _ database: Database) throws -> [String] {
    let known = try Bool.fetchOne(database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run]) ?? false
    let attempt =
      try Int.fetchOne(database, sql: "SELECT max(attempt) FROM attempt WHERE run = ?", arguments: [run]) ?? 0
    var inserter = RecordInserter(
      database: database, run: run, path: path, isKnown: known, attempt: attempt, problems: piece.problems)
    for record in piece.records {
      guard try inserter.insert(record) else { break }
    }
    try inserter.finish()
    let problems = try inserter.problems + failContradictoryRun(run, path, database)
    try database.execute(
      sql: "INSERT INTO journal (run, offset) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET offset = excluded.offset",
      arguments: [run, piece.endOffset])
    return problems
  }

  /// Applies one annotation of a run.
  private func insert(_ record: AnnotationRecord, position: Int, run: String, _ database: Database) throws {
    switch record.kind {
    case .tag: try IndexRows.Tag(run: run, name: record.text, at: record.at).insert(database)
    case .untag:
      try database.execute(sql: "DELETE FROM tag WHERE run = ? AND name = ?", arguments: [run, record.text])
    case .note: try IndexRows.Note(run: run, position: position, at: record.at, text: record.text).insert(database)
    case .remove: try IndexRows.Removal(run: run, at: record.at).insert(database)
    case .restore: try database.execute(sql: "DELETE FROM removal WHERE run = ?", arguments: [run])
    case .reference:
      if let reference = ReferenceRecord(record) { try insert(reference, run: run, database) }
    }
  }
}
