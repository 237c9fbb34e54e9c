import Digests
import ExactJSON
package import Foundation
import Journals
package import Store

/// Writes runs to an MLflow server: parameters, metrics with their steps, tags and artifacts. What is there already is
/// recognized by tags and not written twice.
package struct MLflowPush: Sendable {
  /// What became of a run.
  package struct Outcome: Sendable, Hashable, Encodable {
    /// What was done.
    package enum Action: String, Sendable, Hashable, Encodable {
      case created, updated, unchanged
    }
    package var run: String
    package var mlflow_run: String
    package var mlflow_experiment: String
    package var parent: String?
    package var action: Action
    package var metrics: Int
    package var artifacts: Int
  }

  /// Tags by which a run is recognized.
  enum Tag {
    /// The run's id.
    static let run = "vgglab.run"
    /// The digest of what was written; it is set last.
    static let pushed = "vgglab.pushed"
    /// The digest of the configuration without the seed, of the parent of the runs of a trial with several seeds.
    static let seeds = "vgglab.seeds"
  }

  let server: MLflowServer
  let store: Store
  /// Files that are uploaded, by their names.
  let artifacts: @Sendable (RunSummary) throws -> [(name: String, data: Data)]

  package init(
    server: MLflowServer, store: Store,
    artifacts: @escaping @Sendable (RunSummary) throws -> [(name: String, data: Data)]
  ) {
    (self.server, self.store, self.artifacts) = (server, store, artifacts)
  }

  static let batchLimit = 900
  static let valueLimit = 500

  /// Writes the runs in their order; `report` gets what became of each. Throws ``ExchangeError`` and `StoreError`.
  package func push(_ runs: [RunSummary], report: (Outcome) -> Void) throws {
    var experiments: [String: String] = [:]
    var parents: [String: String] = [:]
    var groups: [String: [String: Int]] = [:]
    for run in runs {
      let id = try experiments[run.experiment] ?? makeExperiment(run.experiment)
      experiments[run.experiment] = id
      let records = try RunRecords(run, in: store)
      // Whether a run has siblings does not depend on which runs are pushed now.
      if groups[run.experiment] == nil {
        let all = try store.runs(RunSelection(filters: [RunFilter(experiment: run.experiment)]))
        var seeds: [String: Set<String>] = [:]
        for run in all { seeds[Self.group(run), default: []].insert(run.seed) }
        groups[run.experiment] = seeds.mapValues(\.count)
      }
      let group = Self.group(run)
      var parent: String?
      if groups[run.experiment]?[group] ?? 1 > 1 {
        let key = "\(id)/\(group)"
        parent = try parents[key] ?? makeParent(of: records, group: group, experiment: id)
        parents[key] = parent
      }
      report(try push(records, experiment: id, parent: parent))
    }
  }

  /// What runs that differ in the seed alone have in common.
  static func group(_ run: RunSummary) -> String {
    sha256Hex(Data(RunRecords.configurationWithoutSeed(run).utf8))
  }

  private func makeExperiment(_ name: String) throws -> String {
    if let id = try server.experiment(named: name) { return id }
    let answer = try server.need("POST", "experiments/create", .object([.init("name", .text(name))]))
    return try server.text(answer["experiment_id"], "experiment id")
  }

  /// The run that has the runs of all seeds below it.
  private func makeParent(of records: RunRecords, group: String, experiment: String) throws -> String {
    if let found = try find(Tag.seeds, group, experiment) { return try id(of: found) }
    let run = try create(
      name: "\(records.run.trial) (all seeds)", experiment: experiment, startedAt: records.startedAt,
      tags: [(Tag.seeds, group)])
    let id = try id(of: run)
    try log(id, parameters: records.parameters.filter { $0.name != "training.seed" })
    _ = try server.need(
      "POST", "runs/update", .object([.init("run_id", .text(id)), .init("status", "FINISHED")]))
    return id
  }

  private func push(_ records: RunRecords, experiment: String, parent: String?) throws -> Outcome {
    let run = records.run
    let files = try artifacts(run)
    let digest = Self.digest(records, files, parent)
    let found = try find(Tag.run, run.id, experiment)
    var outcome = Outcome(
      run: run.id, mlflow_run: "", mlflow_experiment: experiment, parent: parent,
      action: found == nil ? .created : .updated, metrics: records.metrics.count, artifacts: files.count)
    if let found, Self.tags(of: found)[Tag.pushed] == digest {
      outcome.mlflow_run = try id(of: found)
      outcome.action = .unchanged
      return outcome
    }
    let target =
      try found
      ?? create(name: run.trial, experiment: experiment, startedAt: records.startedAt, tags: [(Tag.run, run.id)])
    let id = try id(of: target)
    outcome.mlflow_run = id
    var tags: [(name: String, value: String)] = [
      ("vgglab.trial", run.trial), ("vgglab.state", run.state.name), ("vgglab.configuration", run.trialID),
      ("vgglab.tags", run.tags.joined(separator: ",")),
    ]
    if let author = run.author { tags.append(("mlflow.user", author)) }
    if let commit = records.details.attempts.last?.git_commit { tags.append(("mlflow.source.git.commit", commit)) }
    if let parent { tags.append(("mlflow.parentRunId", parent)) }
    try log(id, tags: tags)
    try log(id, parameters: records.parameters)
    try log(id, metrics: records)
    try upload(files, to: target)
    try end(id, records)
    // Set last: a run without it was not written to its end, and is written again.
    try log(id, tags: [(Tag.pushed, digest)])
    return outcome
  }

  /// Over all that is written of a run.
  static func digest(_ records: RunRecords, _ files: [(name: String, data: Data)], _ parent: String?) -> String {
    var text = "\(records.run.state.name)\n\(records.run.tags)\n\(parent ?? "")\n\(records.run.endedAt ?? "")\n"
    for value in records.metrics { text += "\(value.attempt) \(value.metric) \(value.step) \(value.value)\n" }
    for file in files { text += "\(file.name) \(sha256Hex(file.data))\n" }
    return sha256Hex(Data(text.utf8))
  }

  private func find(_ tag: String, _ value: String, _ experiment: String) throws -> JSONValue? {
    try server.runs(
      experiment: experiment, filter: "tags.`\(tag)` = '\(value)'", limit: MLflowServer.pageLimit, isFirstEnough: true
    ).first
  }

  private func id(of run: JSONValue) throws -> String { try server.text(run["info"]?["run_id"], "run id") }

  static func tags(of run: JSONValue) -> [String: String] {
    let pairs = (run["data"]?["tags"]?.array ?? []).compactMap { tag in
      tag["key"]?.text.flatMap { key in tag["value"]?.text.map { (key, $0) } }
    }
    return Dictionary(pairs) { first, _ in first }
  }

  private func create(
    name: String, experiment: String, startedAt: Double, tags: [(name: String, value: String)]
  ) throws -> JSONValue {
    let answer = try server.need(
      "POST", "runs/create",
      .object([
        .init("experiment_id", .text(experiment)), .init("run_name", .text(name)),
        .init("start_time", .integer(Self.milliseconds(startedAt))), .init("tags", mlflowPairs(tags)),
      ]))
    guard let run = answer["run"] else {
      throw ExchangeError.badAnswer(address: server.client.address, reason: "there is no run")
    }
    return run
  }

  static func milliseconds(_ seconds: Double) -> Int64 { Int64(max(0, min(seconds, 9e9)) * 1000) }

  private func log(_ run: String, tags: [(name: String, value: String)]) throws {
    try batch(run, "tags", mlflowPairs(tags.map { ($0.name, String($0.value.prefix(4_000))) }))
  }

  private func log(_ run: String, parameters: [(name: String, value: String)]) throws {
    for start in stride(from: 0, to: parameters.count, by: 100) {
      let part = parameters[start..<min(start + 100, parameters.count)]
      try batch(run, "params", mlflowPairs(part.map { ($0.name, String($0.value.prefix(Self.valueLimit))) }))
    }
  }

  private func log(_ run: String, metrics records: RunRecords) throws {
    let values = records.metrics
    for start in stride(from: 0, to: values.count, by: Self.batchLimit) {
      let part = values[start..<min(start + Self.batchLimit, values.count)].map { value -> JSONValue in
        let time = records.wallTime(attempt: value.attempt, step: value.step)
        return .object([
          .init("key", .text(value.metric)), .init("value", mlflowNumber(value.value)),
          .init("timestamp", .integer(Self.milliseconds(time))), .init("step", .integer(Int64(value.step))),
        ])
      }
      try batch(run, "metrics", .array(part))
    }
  }

  private func batch(_ run: String, _ what: String, _ values: JSONValue) throws {
    _ = try server.need("POST", "runs/log-batch", .object([.init("run_id", .text(run)), .init(what, values)]))
  }

  private func end(_ id: String, _ records: RunRecords) throws {
    let status =
      switch records.run.state {
      case .completed: "FINISHED"
      case .failed: "FAILED"
      case .interrupted, .lost, .gone: "KILLED"
      case .running: "RUNNING"
      case .queued: "SCHEDULED"
      }
    var members: [JSONValue.Member] = [.init("run_id", .text(id)), .init("status", .text(status))]
    if let end = records.endedAt { members.append(.init("end_time", .integer(Self.milliseconds(end)))) }
    _ = try server.need("POST", "runs/update", .object(members))
  }

  /// Files go through the server to where it keeps them (`mlflow server --serve-artifacts`, the default).
  private func upload(_ files: [(name: String, data: Data)], to run: JSONValue) throws {
    guard !files.isEmpty else { return }
    let place = try server.text(run["info"]?["artifact_uri"], "artifact address")
    guard place.hasPrefix("mlflow-artifacts:") else {
      throw ExchangeError.refused(
        address: server.client.address, status: 200,
        message: "its artifacts are kept at \(place.prefix(100)), not behind the server; use --no-artifacts")
    }
    var path = place.dropFirst("mlflow-artifacts:".count)
    if path.hasPrefix("//") { path = path.dropFirst(2).drop { $0 != "/" } }
    let base = path.split(separator: "/").map { HTTPClient.encoded(String($0)) }.joined(separator: "/")
    for file in files {
      let answer = try server.client.ask(
        "PUT", "api/2.0/mlflow-artifacts/artifacts/\(base)/\(HTTPClient.encoded(file.name))", body: file.data,
        type: "application/octet-stream")
      guard answer.status == 200 else {
        throw ExchangeError.refused(
          address: "\(server.client.address): artifact \(file.name)", status: answer.status, message: "")
      }
    }
  }
}
