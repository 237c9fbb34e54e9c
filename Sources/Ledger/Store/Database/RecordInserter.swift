import Digests
import Foundation
import GRDB
import Journals

/// Inserts the records of a piece of a run's journal into the index, one after the other.
struct RecordInserter {
  let database: Database
  let run: String
  /// The journal's, for messages.
  let path: String
  /// Whether the run's own record is in the index.
  var isKnown: Bool
  /// The attempt that records belong to; 0 before the first.
  var attempt: Int
  /// What is wrong with the journal, as sentences.
  var problems: [String]
  private var finals = Finals()
  private var times = AttemptTimes()

  init(database: Database, run: String, path: String, isKnown: Bool, attempt: Int, problems: [String]) {
    self.database = database
    self.run = run
    self.path = path
    self.isKnown = isKnown
    self.attempt = attempt
    self.problems = problems
  }

  /// Inserts a record; false where the journal does not begin with its run, so that nothing of it can be inserted.
  mutating func insert(_ record: JournalRecord) throws -> Bool {
    if case .run(let facts) = record {
      guard !isKnown, facts.run == run else {
        problems.append("\(path): a record is of run '\(facts.run.prefix(40))' again or in the wrong folder")
        return true
      }
      isKnown = try take("a run") { try $0.insert(facts) }
      return true
    }
    guard isKnown else {
      problems.append(
        "\(path): does not begin with its run record; nothing was ingested"
      )
      return false
    }
    switch record {
    case .run: break
    case .attempt(let facts): try begin(facts)
    case .network(let facts): try take("a network") { try $0.insert(facts) }
    case .metric(let metrics):
      if try take("metrics", { try $0.insert(metrics) }) {
        finals.see(metrics, attempt: attempt)
        times.see(metrics)
      }
    case .layerMetric(let metrics): try take("metrics of layers") { try $0.insert(metrics) }
    case .predictions(let facts):
      try take("predictions") { inserter in
        try IndexRows.Prediction(run: inserter.run, examples: facts.examples, correct: facts.correct)
          .insert(inserter.database)
      }
    case .evaluation(let facts): try take("an evaluation") { try $0.insert(facts) }
    case .event(let event):
      times.see(event.at)
      try IndexRows.Event(run: run, attempt: attempt, at: event.at, kind: event.kind, message: event.message)
        .insert(database)
    case .artifact(let file):
      try IndexRows.Artifact(run: run, name: file.name, path: file.path.text, bytes: file.bytes, digest: file.digest)
        .insert(database)
    case .checkpoint(let file):
      times.see(file.at)
      try IndexRows.Checkpoint(
        run: run, attempt: attempt, step: file.step, at: file.at, path: file.path.text, bytes: file.bytes,
        digest: file.digest
      ).insert(database)
    case .forecast(let forecast):
      try IndexRows.Forecast(
        run: run, at: forecast.at, steps: forecast.steps, seconds: forecast.seconds, memoryBytes: forecast.memoryBytes,
        diskBytes: forecast.diskBytes, basis: forecast.basis
      ).insert(database)
    case .exit(let exit): try update(exit)
    case .end(let end): try update(end)
    }
    return true
  }

  /// Writes what was gathered from several records. Nothing may be inserted afterwards.
  mutating func finish() throws {
    try times.write(run: run, attempt: attempt, database)
    try finals.write(run: run, database)
  }

  /// Inserts a record; one that breaks the schema's rules is reported and skipped. Whether it was inserted.
  @discardableResult
  private mutating func take(_ what: String, _ insertion: (RecordInserter) throws -> Void) throws -> Bool {
    do {
      let inserter = self
      try database.inSavepoint {
        try insertion(inserter)
        return .commit
      }
      return true
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      problems.append("\(path): a record with \(what) is invalid (\(Store.reason(error))); it was skipped")
      return false
    }
  }

  private mutating func begin(_ facts: AttemptRecord) throws {
    try times.write(run: run, attempt: attempt, database)
    guard try take("an attempt", { try $0.insert(facts) }) else { return }
    attempt = facts.attempt
    if attempt > 1 { finals.hasResumed = true }
  }

  /// An attempt ends once: a later exit is that of a worker which was killed before it had recorded its own attempt.
  private func update(_ exit: ExitRecord) throws {
    try database.execute(
      sql: """
        UPDATE attempt SET exit_at = ?1, exit_code = ?2, exit_signal = ?3, exit_cause = ?4,
          last_at = coalesce(max(last_at, ?1), ?1)
        WHERE run = ?5 AND attempt = ?6 AND exit_at IS NULL
        """,
      arguments: [exit.at, exit.code, exit.signal, exit.cause, run, exit.attempt])
  }

  private func update(_ end: EndRecord) throws {
    try database.execute(
      sql: """
        UPDATE run SET outcome = ?, cause = ?, ended_at = ?, training_seconds = ?, seconds = ?, peak_rss_bytes = ?
        WHERE id = ?
        """,
      arguments: [
        end.outcome.rawValue, end.cause, end.at, end.trainingSeconds, end.seconds, end.peakResidentBytes, run,
      ])
  }

  private func insert(_ record: RunRecord) throws {
    let sequence = try record.sequence ?? Self.sequence(ofTime: record.createdAt, database)
    let order: StatementArguments = [sequence, record.createdAt, record.run]
    let isLater = "(\(Schema.oldestFirst("run"))) > (?, ?, ?)"
    // Of what several runs say the newest counts, in whatever order their journals are read.
    try database.execute(
      sql: """
        INSERT INTO experiment (name, question) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET question = excluded.question WHERE NOT EXISTS (
          SELECT 1 FROM run WHERE run.experiment = excluded.name AND \(isLater))
        """,
      arguments: [record.experiment, record.question] + order)
    try database.execute(
      sql: """
        INSERT INTO trial (experiment, name, trial_id, profile, configuration) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (experiment, name, trial_id)
        DO UPDATE SET profile = excluded.profile, configuration = excluded.configuration WHERE NOT EXISTS (
          SELECT 1 FROM run WHERE run.experiment = excluded.experiment AND run.trial = excluded.name
            AND run.trial_id = excluded.trial_id AND \(isLater))
        """,
      arguments: [record.experiment, record.trial, record.trialID, record.profile, record.configuration] + order)
    try IndexRows.Run(
      id: record.run, experiment: record.experiment, trial: record.trial, trialID: record.trialID,
      profile: record.profile, configuration: record.configuration, seed: "\(record.seed)", epochs: record.epochs,
      createdAt: record.createdAt, sequence: sequence, author: record.author
    ).insert(database)
    for reduction in record.reductions {
      try IndexRows.Reduction(
        run: record.run, key: reduction.key, fullValue: reduction.full, usedValue: reduction.used
      ).insert(database)
    }
  }

  /// The sequence of a run whose journal has none.
  private static func sequence(ofTime time: String, _ database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "SELECT \(Schema.sequence(ofTime: "?1"))", arguments: [time]) ?? 0
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  private func insert(_ record: AttemptRecord) throws {
    let environment = record.environment
    let digests = String(decoding: try Self.encoder.encode(environment.dataDigests), as: UTF8.self)
    var lasting = environment
    (lasting.processID, lasting.processStart, lasting.bootID) = (0, nil, nil)
    let digest = sha256Hex(try Self.encoder.encode(lasting))
    try IndexRows.Environment(
      digest: digest, vgglabVersion: environment.vgglabVersion, binaryDigest: environment.binaryDigest,
      gitCommit: environment.gitCommit, gitDirty: environment.gitDirty, host: environment.host,
      operatingSystem: environment.operatingSystem, cpu: environment.cpu, cores: environment.cores,
      threads: environment.threads, kernels: environment.kernels, instructionSet: environment.instructionSet,
      blas: environment.blas, blasCore: environment.blasCore, dataDigests: digests
    ).insert(database)
    try IndexRows.Attempt(
      run: run, attempt: record.attempt, startedAt: record.startedAt, environment: digest, bootID: environment.bootID,
      processID: environment.processID, processStart: environment.processStart.map { Int64(truncatingIfNeeded: $0) },
      resumedFrom: record.resumedFrom ?? 0, differences: record.differences.map { $0.joined(separator: "\n") }
    ).insert(database)
  }

  private func insert(_ network: NetworkRecord) throws {
    let digest = sha256Hex(try Self.encoder.encode(network))
    try IndexRows.Network(
      digest: digest, arch: network.arch, ratio: network.ratio, input: network.input, classes: network.classes,
      parameters: network.parameters, multiplyAdds: network.multiplyAdds, activationFloats: network.activationFloats,
      printed: network.printed, shapeWalk: network.shapeWalk
    ).insert(database)
    if database.changesCount > 0 {
      for (position, layer) in network.layers.enumerated() {
        try IndexRows.Layer(
          network: digest, position: position, path: layer.path, child: layer.child, type: layer.type,
          printed: layer.printed, outputShape: layer.outputShape, parameters: layer.parameters,
          multiplyAdds: layer.multiplyAdds, activationFloats: layer.activationFloats
        ).insert(database)
      }
    }
    try database.execute(sql: "UPDATE run SET network = ? WHERE id = ?", arguments: [digest, run])
  }

  private func insert(_ evaluation: EvaluationRecord) throws {
    for (label, name) in evaluation.classNames.enumerated() {
      try IndexRows.ClassName(run: run, label: label, name: name).insert(database)
    }
    for (label, row) in evaluation.confusion.enumerated() {
      for (predicted, images) in row.enumerated() {
        try IndexRows.Confusion(run: run, label: label, predicted: predicted, images: images).insert(database)
      }
    }
    for bin in evaluation.calibration {
      try IndexRows.Calibration(
        run: run, bin: bin.bin, images: bin.images, correct: bin.correct, confidence: bin.confidence
      ).insert(database)
    }
    for (rank, mistake) in evaluation.mistakes.enumerated() {
      try IndexRows.Mistake(
        run: run, rank: rank + 1, image: mistake.image, label: mistake.label, predicted: mistake.predicted,
        probability: mistake.probability, height: mistake.height, width: mistake.width, pixels: mistake.pixels
      ).insert(database)
    }
    for (position, filter) in evaluation.filters.enumerated() {
      try IndexRows.FirstFilter(
        run: run, position: position, channels: filter.channels, height: filter.height, width: filter.width,
        weights: String(decoding: try Self.encoder.encode(filter.weights), as: UTF8.self)
      ).insert(database)
    }
  }

  // Measured values are many: their statements are compiled once.

  private func insert(_ metrics: [MetricRecord]) throws {
    let statement = try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO metric (run, name, step, attempt, epoch, value) VALUES (?, ?, ?, ?, ?, ?)")
    for metric in metrics {
      try statement.execute(arguments: [run, metric.name, metric.step, attempt, metric.epoch, metric.value])
      guard let timing = metric.timing else { continue }
      try IndexRows.EpochTiming(
        run: run, attempt: attempt, step: metric.step, epoch: metric.epoch, examples: timing.examples,
        trainingSeconds: timing.trainingSeconds, seconds: timing.seconds, processorSeconds: timing.processorSeconds,
        involuntarySwitches: timing.involuntarySwitches, waitSeconds: timing.waitSeconds,
        otherProcessorSeconds: timing.otherProcessorSeconds, pressureSeconds: timing.pressureSeconds
      ).insert(database)
    }
  }

  private func insert(_ metrics: [LayerMetricRecord]) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO layer_metric (run, name, position, step, attempt, value) VALUES (?, ?, ?, ?, ?, ?)
        """)
    for metric in metrics {
      try statement.execute(arguments: [run, metric.name, metric.position, metric.step, attempt, metric.value])
    }
  }
}

/// How long an attempt has worked, as far as its records say, gathered while they are inserted.
private struct AttemptTimes {
  private var lastAt: String?
  private var seconds: Double?
  private var trainingSeconds: Double?

  mutating func see(_ time: String) { lastAt = max(lastAt ?? "", time) }

  mutating func see(_ metrics: [MetricRecord]) {
    guard let last = metrics.last else { return }
    if let found = last.seconds { seconds = max(seconds ?? 0, found) }
    if let found = last.trainingSeconds { trainingSeconds = max(trainingSeconds ?? 0, found) }
  }

  /// Adds what was gathered to the attempt's row, and begins anew.
  mutating func write(run: String, attempt: Int, _ database: Database) throws {
    defer { self = AttemptTimes() }
    guard lastAt != nil || seconds != nil || trainingSeconds != nil else { return }
    for (column, value) in [
      ("last_at", lastAt?.databaseValue), ("recorded_seconds", seconds?.databaseValue),
      ("recorded_training_seconds", trainingSeconds?.databaseValue),
    ] {
      guard let value else { continue }
      try database.execute(
        sql: "UPDATE attempt SET \(column) = coalesce(max(\(column), ?1), ?1) WHERE run = ?2 AND attempt = ?3",
        arguments: [value, run, attempt])
    }
  }
}
