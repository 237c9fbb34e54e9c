import Digests
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
  func ingest(only chosen: Set<String>?) throws(StoreError) -> [String] {
    var problems: [String] = []
    let offsets = try readOffsets()
    let runs = try allRuns()
    for run in runs where chosen?.contains(run.run) ?? true {
      let done = offsets[run.run] ?? (journal: 0, annotations: 0)
      do {
        if let size = run.size(of: RunFiles.journal) {
          if size < done.journal {
            problems.append(
              "\(run.journalPath): has \(size) bytes, and \(done.journal) were read before; `vgglab doctor --rebuild` takes it in as it is now"
            )
          }
          var isMore = size > done.journal
          while isMore { isMore = try ingestPiece(run, &problems) }
        } else if let kind = (try? run.open())?.kind(of: RunFiles.journal.text) {
          problems.append("\(FileError.notPlain(path: run.journalPath, kind: kind))")
        }
        if run.size(of: RunFiles.annotations) ?? 0 != done.annotations { problems += try ingestAnnotations(run) }
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
    problems += try clearMissing(Set(runs.map(\.run)))
    return problems
  }

  private func readOffsets() throws(StoreError) -> [String: (journal: Int, annotations: Int)] {
    try reading { database in
      var offsets: [String: (journal: Int, annotations: Int)] = [:]
      let rows = try Row.fetchCursor(database, sql: "SELECT run, offset, annotation_offset FROM journal")
      while let row = try rows.next() { offsets[try row.value(0)] = (try row.value(1), try row.value(2)) }
      return offsets
    }
  }

  /// Whether the index has everything that the journals have.
  var isUpToDate: Bool {
    get throws(StoreError) {
      let offsets = try readOffsets()
      let known = Set(try reading { try String.fetchAll($0, sql: "SELECT id FROM run") })
      let runs = try allRuns()
      guard try reading({ try Int.fetchOne($0, sql: "PRAGMA user_version") }) == Schema.version,
        known.isSubset(of: runs.map(\.run))
      else { return false }
      return runs.allSatisfy { run in
        (run.size(of: RunFiles.journal) ?? 0) <= offsets[run.run]?.journal ?? 0
          && (run.size(of: RunFiles.annotations) ?? 0) == offsets[run.run]?.annotations ?? 0
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
        for table in ["tag", "note", "removal"] {
          try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run])
        }
        for (position, record) in file.records.enumerated() {
          switch record.kind {
          case .tag:
            try database.execute(
              sql: "INSERT OR REPLACE INTO tag (run, name, at) VALUES (?, ?, ?)",
              arguments: [run, record.text, record.at])
          case .untag:
            try database.execute(sql: "DELETE FROM tag WHERE run = ? AND name = ?", arguments: [run, record.text])
          case .note:
            try database.execute(
              sql: "INSERT INTO note (run, position, at, text) VALUES (?, ?, ?, ?)",
              arguments: [run, position, record.at, record.text])
          case .remove:
            try database.execute(
              sql: "INSERT OR REPLACE INTO removal (run, at) VALUES (?, ?)", arguments: [run, record.at])
          case .restore:
            try database.execute(sql: "DELETE FROM removal WHERE run = ?", arguments: [run])
          case .reference:
            if let reference = ReferenceRecord(record) { try insert(reference, run: run, database) }
          }
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
    var problems = piece.problems
    var known = try Bool.fetchOne(database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run]) ?? false
    var attempt =
      try Int.fetchOne(database, sql: "SELECT max(attempt) FROM attempt WHERE run = ?", arguments: [run]) ?? 0
    var finals = Finals()
    for record in piece.records {
      if case .run(let facts) = record {
        guard !known, facts.run == run else {
          problems.append("\(path): a record is of run '\(facts.run.prefix(40))' again or in the wrong folder")
          continue
        }
        known = try take("a run", path, database, &problems) { try insert(facts, database) }
        continue
      }
      guard known else {
        problems.append("\(path): does not begin with its run; nothing of it was taken in")
        break
      }
      switch record {
      case .run: break
      case .attempt(let facts):
        if try take("an attempt", path, database, &problems, { try insert(facts, run, database) }) {
          attempt = facts.attempt
          if attempt > 1 { finals.hasResumed = true }
        }
      case .network(let facts):
        try take("a network", path, database, &problems) { try insert(facts, run, database) }
      case .metric(let metrics):
        if try take("metrics", path, database, &problems, { try insert(metrics, run, attempt, database) }) {
          finals.see(metrics, attempt: attempt)
        }
      case .layerMetric(let metrics):
        try take("metrics of layers", path, database, &problems) { try insert(metrics, run, attempt, database) }
      case .event(let event):
        try database.execute(
          sql: "INSERT INTO event (run, attempt, at, kind, message) VALUES (?, ?, ?, ?, ?)",
          arguments: [run, attempt, event.at, event.kind, event.message])
      case .artifact(let artifact):
        try database.execute(
          sql: "INSERT OR REPLACE INTO artifact (run, name, path, bytes, digest) VALUES (?, ?, ?, ?, ?)",
          arguments: [run, artifact.name, artifact.path.text, artifact.bytes, artifact.digest])
      case .predictions(let predictions):
        try take("predictions", path, database, &problems) {
          try database.execute(
            sql: "INSERT OR REPLACE INTO prediction (run, examples, correct) VALUES (?, ?, ?)",
            arguments: [run, predictions.examples, predictions.correct])
        }
      case .checkpoint(let checkpoint):
        try database.execute(
          sql: """
            INSERT OR REPLACE INTO checkpoint (run, attempt, step, at, path, bytes, digest) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            run, attempt, checkpoint.step, checkpoint.at, checkpoint.path.text, checkpoint.bytes, checkpoint.digest,
          ])
      case .exit(let exit):
        try database.execute(
          sql: """
            UPDATE attempt SET exit_at = ?, exit_code = ?, exit_signal = ?, exit_cause = ? WHERE run = ? AND attempt = ?
            """,
          arguments: [exit.at, exit.code, exit.signal, exit.cause, run, exit.attempt])
      case .forecast(let forecast):
        try database.execute(
          sql: """
            INSERT OR REPLACE INTO forecast (run, at, steps, seconds, memory_bytes, disk_bytes, basis)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            run, forecast.at, forecast.steps, forecast.seconds, forecast.memoryBytes, forecast.diskBytes,
            forecast.basis,
          ])
      case .end(let end):
        try database.execute(
          sql: """
            UPDATE run SET outcome = ?, cause = ?, ended_at = ?, training_seconds = ?, seconds = ?, peak_rss_bytes = ?
            WHERE id = ?
            """,
          arguments: [
            end.outcome.rawValue, end.cause, end.at, end.trainingSeconds, end.seconds, end.peakResidentBytes, run,
          ])
      }
    }
    try finals.write(run: run, database)
    problems += try refuseForgery(run, path, database)
    try database.execute(
      sql: "INSERT INTO journal (run, offset) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET offset = excluded.offset",
      arguments: [run, piece.endOffset])
    return problems
  }

  /// Inserts a record; one that breaks the schema's rules is reported and skipped. Whether it went in.
  @discardableResult
  private func take(
    _ what: String, _ path: String, _ database: Database, _ problems: inout [String], _ insertion: () throws -> Void
  ) throws -> Bool {
    do {
      try database.inSavepoint {
        try insertion()
        return .commit
      }
      return true
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      problems.append("\(path): records \(what) that cannot be (\(Self.reason(error))); the record was skipped")
      return false
    }
  }

  private func insert(_ run: RunRecord, _ database: Database) throws {
    // Of what several runs tell the newest counts, in whatever order their journals are read.
    try database.execute(
      sql: """
        INSERT INTO experiment (name, question) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET question = excluded.question WHERE NOT EXISTS (
          SELECT 1 FROM run WHERE run.experiment = excluded.name AND (run.created_at, run.id) > (?, ?))
        """,
      arguments: [run.experiment, run.question, run.createdAt, run.run])
    try database.execute(
      sql: """
        INSERT INTO trial (experiment, name, trial_id, profile, configuration) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (experiment, name, trial_id)
        DO UPDATE SET profile = excluded.profile, configuration = excluded.configuration WHERE NOT EXISTS (
          SELECT 1 FROM run WHERE run.experiment = excluded.experiment AND run.trial = excluded.name
            AND run.trial_id = excluded.trial_id AND (run.created_at, run.id) > (?, ?))
        """,
      arguments: [
        run.experiment, run.trial, run.trialID, run.profile, run.configuration, run.createdAt, run.run,
      ])
    try database.execute(
      sql: """
        INSERT INTO run (id, experiment, trial, trial_id, profile, configuration, seed, epochs, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        run.run, run.experiment, run.trial, run.trialID, run.profile, run.configuration, "\(run.seed)", run.epochs,
        run.createdAt,
      ])
    for reduction in run.reductions {
      try database.execute(
        sql: "INSERT OR REPLACE INTO reduction (run, key, full_value, used_value) VALUES (?, ?, ?, ?)",
        arguments: [run.run, reduction.key, reduction.full, reduction.used])
    }
  }

  private func insert(_ attempt: AttemptRecord, _ run: String, _ database: Database) throws {
    let environment = attempt.environment
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let digests = String(decoding: try encoder.encode(environment.dataDigests), as: UTF8.self)
    var lasting = environment
    (lasting.processID, lasting.processStart, lasting.bootID) = (0, nil, nil)
    let digest = sha256Hex(try encoder.encode(lasting))
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO environment (digest, vgglab_version, binary_digest, git_commit, git_dirty, host,
          operating_system, cpu, cores, threads, kernels, instruction_set, blas, blas_core, data_digests)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        digest, environment.vgglabVersion, environment.binaryDigest, environment.gitCommit, environment.gitDirty,
        environment.host, environment.operatingSystem, environment.cpu, environment.cores, environment.threads,
        environment.kernels, environment.instructionSet, environment.blas, environment.blasCore, digests,
      ])
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO attempt (run, attempt, started_at, environment, boot_id, process_id, process_start,
          resumed_from, differences)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        run, attempt.attempt, attempt.startedAt, digest, environment.bootID, environment.processID,
        environment.processStart.map { Int64(truncatingIfNeeded: $0) }, attempt.resumedFrom ?? 0,
        attempt.differences.map { $0.joined(separator: "\n") },
      ])
  }

  private func insert(_ network: NetworkRecord, _ run: String, _ database: Database) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let digest = sha256Hex(try encoder.encode(network))
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO network (digest, arch, ratio, input, classes, parameters, multiply_adds,
          activation_floats, printed, shape_walk) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        digest, network.arch, network.ratio, network.input, network.classes, network.parameters, network.multiplyAdds,
        network.activationFloats, network.printed, network.shapeWalk,
      ])
    if database.changesCount > 0 {
      for (position, layer) in network.layers.enumerated() {
        try database.execute(
          sql: """
            INSERT INTO layer (network, position, path, child, type, printed, output_shape, parameters, multiply_adds,
              activation_floats) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            digest, position, layer.path, layer.child, layer.type, layer.printed, layer.outputShape, layer.parameters,
            layer.multiplyAdds, layer.activationFloats,
          ])
      }
    }
    try database.execute(sql: "UPDATE run SET network = ? WHERE id = ?", arguments: [digest, run])
  }

  private func insert(_ metrics: [MetricRecord], _ run: String, _ attempt: Int, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO metric (run, name, step, attempt, epoch, value) VALUES (?, ?, ?, ?, ?, ?)")
    for metric in metrics {
      try statement.execute(arguments: [run, metric.name, metric.step, attempt, metric.epoch, metric.value])
    }
  }

  private func insert(
    _ metrics: [LayerMetricRecord], _ run: String, _ attempt: Int, _ database: Database
  ) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO layer_metric (run, name, position, step, attempt, value) VALUES (?, ?, ?, ?, ?, ?)
        """)
    for metric in metrics {
      try statement.execute(arguments: [run, metric.name, metric.position, metric.step, attempt, metric.value])
    }
  }
}
