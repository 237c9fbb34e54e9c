import ExactJSON
import Foundation

extension MLflowServer {
  /// The curves of an experiment's runs that a filter of MLflow lets through (`params.lr = '0.05'`; empty for all). `metrics` are those
  /// that are read; all of them if it is empty.
  ///
  /// Throws ``ExchangeError``.
  package func readCurves(experiment name: String, filter: String, metrics wanted: [String]) throws -> [ForeignPoint] {
    guard let id = try experiment(named: name) else {
      throw ExchangeError.noExperiment(address: client.address, name: name, known: experimentNames())
    }
    var points: [ForeignPoint] = []
    var names: Set<String> = []
    for run in try foundRuns(experiment: id, filter: filter) {
      let runID = try text(run["info"]?["run_id"], "run id")
      var shown = run["info"]?["run_name"]?.text ?? runID
      if ForeignCurves.complaint(name: shown) != nil { shown = runID }
      // MLflow's names need not differ.
      if !names.insert(shown).inserted { shown += " \(runID.prefix(8))" }
      if let reason = ForeignCurves.complaint(name: shown) {
        throw ExchangeError.badAnswer(address: client.address, reason: "a run's name \(reason)")
      }
      let keys = (run["data"]?["metrics"]?.array ?? []).compactMap { $0["key"]?.text }
      for key in keys.sorted() where wanted.isEmpty || wanted.contains(key) {
        if let reason = ForeignCurves.complaint(name: key) {
          throw ExchangeError.badAnswer(address: client.address, reason: "a metric's name \(reason)")
        }
        try readHistory(runID, key, shown, &points)
      }
    }
    return points
  }

  /// The runs that a user's search string finds. Throws ``ExchangeError``.
  private func foundRuns(experiment: String, filter: String) throws -> [JSONValue] {
    do {
      return try runs(experiment: experiment, filter: filter, limit: ForeignCurves.runLimit)
    } catch ExchangeError.refused(address: _, status: 400, message: let reason) where !filter.isEmpty {
      throw ExchangeError.badFilter(address: client.address, filter: filter, reason: reason)
    }
  }

  private func readHistory(_ run: String, _ key: String, _ name: String, _ points: inout [ForeignPoint]) throws {
    var token: String?
    var pages = PageBound(server: client.address)
    repeat {
      var query = [("run_id", run), ("metric_key", key), ("max_results", "\(Self.pageLimit)")]
      if let token { query.append(("page_token", token)) }
      let answer = try need("GET", "metrics/get-history", query: query)
      let metrics = answer["metrics"]?.array ?? []
      for metric in metrics {
        guard let value = Self.number(metric["value"]) else {
          throw ExchangeError.badAnswer(address: client.address, reason: "a value of '\(key)' is no number")
        }
        let step = metric["step"].flatMap { $0.integer ?? $0.text.flatMap { Int64($0) } } ?? 0
        guard step >= 0 else {
          throw ExchangeError.badFile(
            path: client.address, place: "run '\(name)'", reason: "'\(key)' has the step \(step); steps are from 0 on")
        }
        points.append(ForeignPoint(run: name, metric: key, step: step, epoch: nil, value: value))
      }
      try ForeignCurves.checkPoints(points.count)
      token = try pages.token(answer, isEmpty: metrics.isEmpty)
    } while token != nil
  }

  private static func number(_ value: JSONValue?) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .real(let number): number
    case .text("NaN"): .nan
    case .text("Infinity"): .infinity
    case .text("-Infinity"): -.infinity
    default: nil
    }
  }
}
