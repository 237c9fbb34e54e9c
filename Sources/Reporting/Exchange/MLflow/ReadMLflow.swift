import ExactJSON
import Foundation

extension MLflowServer {
  /// The curves of an experiment's runs that a filter of MLflow lets through (`params.lr = '0.05'`; empty for all). `metrics` are those
  /// that are read; all of them if it is empty.
  ///
  /// Throws ``ExchangeError``.
  package func readCurves(experiment name: String, filter: String, metrics wanted: [String]) throws -> [ForeignPoint] {
    guard let id = try experiment(named: name) else {
      throw ExchangeError.noPoints(path: "\(client.address), experiment '\(name)'", known: [])
    }
    var points: [ForeignPoint] = []
    var names: Set<String> = []
    for run in try runs(experiment: id, filter: filter, limit: ForeignCurves.runLimit) {
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

  private func readHistory(_ run: String, _ key: String, _ name: String, _ points: inout [ForeignPoint]) throws {
    var token: String?
    repeat {
      var query = [("run_id", run), ("metric_key", key), ("max_results", "\(Self.pageLimit)")]
      if let token { query.append(("page_token", token)) }
      let answer = try need("GET", "metrics/get-history", query: query)
      for metric in answer["metrics"]?.array ?? [] {
        guard let value = Self.number(metric["value"]) else {
          throw ExchangeError.badAnswer(address: client.address, reason: "a value of '\(key)' is no number")
        }
        let step = metric["step"].flatMap { $0.integer ?? $0.text.flatMap { Int64($0) } } ?? 0
        points.append(ForeignPoint(run: name, metric: key, step: step, epoch: nil, value: value))
      }
      try ForeignCurves.checkPoints(points.count)
      token = answer["next_page_token"]?.text
    } while token?.isEmpty == false
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
