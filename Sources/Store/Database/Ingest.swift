import Digests
import Foundation
import GRDB

extension Store {
  /// Takes in what the journals have that the database has not; a run's records and how far they were read go in
  /// together, so that each is taken once.
  ///
  /// Gives what is wrong with journals, as sentences. Throws ``StoreError`` where the database cannot be written.
  public func ingest() throws(StoreError) -> [String] {
    let folder = "\(directory)/runs"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
    var problems: [String] = []
    for name in names where RunFolder.isID(name) {
      let path = RunFolder.journalPath(store: directory, run: name)
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      let done =
        try reading { try Int.fetchOne($0, sql: "SELECT offset FROM journal WHERE run = ?", arguments: [name]) } ?? 0
      guard Int(status.st_size) > done else { continue }
      do {
        problems += try queue.writeWithoutTransaction { database in
          var found: [String] = []
          try database.inTransaction(.immediate) {
            found = try ingestRun(name, path, database)
            return .commit
          }
          return found
        }
      } catch let error as StoreError {
        throw error
      } catch {
        throw .database(path: databasePath, reason: Self.reason(error))
      }
    }
    return problems
  }

  private func ingestRun(_ run: String, _ path: String, _ database: Database) throws -> [String] {
    let offset = try Int.fetchOne(database, sql: "SELECT offset FROM journal WHERE run = ?", arguments: [run]) ?? 0
    let piece = try readJournal(path, from: offset)
    var problems = piece.problems
    var known = try Bool.fetchOne(database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run]) ?? false
    var attempt =
      try Int.fetchOne(database, sql: "SELECT max(attempt) FROM attempt WHERE run = ?", arguments: [run]) ?? 0
    for record in piece.records {
      if case .run(let facts) = record {
        guard !known, facts.run == run else {
          problems.append("\(path): a record tells of run '\(facts.run.prefix(40))' again or in the wrong folder")
          continue
        }
        try insert(facts, database)
        known = true
        continue
      }
      guard known else {
        problems.append("\(path): does not begin with its run; nothing of it was taken in")
        break
      }
      switch record {
      case .run: break
      case .attempt(let facts):
        attempt = facts.attempt
        try insert(facts, run, database)
      case .network(let facts): try insert(facts, run, database)
      case .metric(let metrics): try insert(metrics, run, attempt, database)
      case .event(let event):
        try database.execute(
          sql: "INSERT INTO event (run, attempt, at, kind, message) VALUES (?, ?, ?, ?, ?)",
          arguments: [run, attempt, event.at, event.kind, event.message])
      case .artifact(let artifact):
        try database.execute(
          sql: "INSERT OR REPLACE INTO artifact (run, name, path, bytes, digest) VALUES (?, ?, ?, ?, ?)",
          arguments: [run, artifact.name, artifact.path, artifact.bytes, artifact.digest])
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
    try database.execute(
      sql: "INSERT INTO journal (run, offset) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET offset = excluded.offset",
      arguments: [run, piece.endOffset])
    return problems
  }

  private func insert(_ run: RunRecord, _ database: Database) throws {
    try database.execute(
      sql:
        "INSERT INTO experiment (name, question) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET question = excluded.question",
      arguments: [run.experiment, run.question])
    try database.execute(
      sql: "INSERT OR IGNORE INTO trial (experiment, name, trial_id, profile, configuration) VALUES (?, ?, ?, ?, ?)",
      arguments: [run.experiment, run.trial, run.trialID, run.profile, run.configuration])
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
        INSERT OR REPLACE INTO attempt (run, attempt, started_at, environment, boot_id, process_id, process_start)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        run, attempt.attempt, attempt.startedAt, digest, environment.bootID, environment.processID,
        environment.processStart.map { Int64(truncatingIfNeeded: $0) },
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

  /// Makes a store's database again from its journals; the old one stays until the new one is whole.
  ///
  /// Gives what is wrong with journals, as sentences. Throws ``StoreError``.
  public static func rebuild(at directory: String) throws(StoreError) -> [String] {
    guard FileManager.default.fileExists(atPath: "\(directory)/runs") else { throw .missing(path: directory) }
    let temporary = "\(directory)/rebuilt-\(getpid())"
    let target = databasePath(directory)
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    do {
      try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: "\(temporary)/runs", withDestinationPath: "../runs")
    } catch { throw .notWritable(path: directory, reason: reason(error)) }
    let store = try open(at: temporary, access: .readWrite, create: true)
    let problems = try store.ingest()
    store.close()
    for suffix in ["-wal", "-shm"] { unlink(target + suffix) }
    guard rename(databasePath(temporary), target) == 0 else {
      throw .notWritable(path: target, reason: String(cString: strerror(errno)))
    }
    return problems
  }
}
