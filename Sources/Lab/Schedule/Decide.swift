import Experiments
import Store

/// Says of each trial what is to be done with it, and why, from what the store has.
struct Decider {
  let store: Store?
  let options: RunOptions
  let forecaster: Forecaster

  func decide(_ trial: Trial) throws -> TrialDecision {
    let all =
      try store?.runs(trialID: trial.id).filter { $0.experiment == trial.experiment && $0.trial == trial.name } ?? []
    let runs = all.filter { $0.state != .gone }
    let forecast = try forecaster.forecast(trial)
    func decision(
      _ action: TrialDecision.Action, _ why: String, _ run: RunSummary? = nil
    ) -> TrialDecision {
      TrialDecision(
        trial: trial, action: action, why: why, run: run?.id, state: run?.state, forecast: forecast)
    }
    if let running = runs.first(where: { $0.state == .running }) {
      return decision(.skip, "run \(running.id) is being worked on", running)
    }
    if options.failed {
      guard let newest = runs.last, newest.state == .failed else {
        return decision(.skip, "--failed, and it has not failed", runs.last)
      }
      return decision(.again, failure(newest))
    }
    if let complete = runs.last(where: { $0.state == .completed }) {
      return options.rerun
        ? decision(.again, "--rerun; run \(complete.id) is complete")
        : decision(.skip, "run \(complete.id) is complete", complete)
    }
    if options.rerun, let newest = runs.last {
      return decision(.again, "--rerun; run \(newest.id) is \(newest.state.name)")
    }
    if let unfinished = runs.last(where: { [.queued, .interrupted, .lost].contains($0.state) }) {
      return try resume(trial, unfinished)
    }
    if let failed = runs.last { return decision(.again, failure(failed)) }
    if let gone = all.last { return decision(.new, "the folder of run \(gone.id) is gone from the store") }
    let named = try store?.runs(experiment: trial.experiment, trial: trial.name).last
    if let named, let configuration = named.configuration {
      let differences = Configuration.differences(from: configuration, to: trial.canonicalText)
      return decision(.changed, "unlike run \(named.id): \(differences.joined(separator: ", "))")
    }
    return decision(.new, "no run of it is in the store")
  }

  /// The decision to go on with a run that was begun.
  func resume(_ trial: Trial, _ run: RunSummary) throws -> TrialDecision {
    var forecast = try forecaster.forecast(trial)
    forecast.firstStep = try firstStep(of: run)
    if forecast.steps > 0 {
      forecast.seconds = forecast.seconds.map {
        $0 * Double(forecast.steps - forecast.firstStep) / Double(forecast.steps)
      }
    }
    let place = forecast.firstStep > 0 ? "from step \(forecast.firstStep)" : "from the beginning"
    return TrialDecision(
      trial: trial, action: .resume,
      why: "run \(run.id) is \(run.state.name)\(run.cause.map { " (\($0))" } ?? ""); it goes on \(place)", run: run.id,
      state: run.state, forecast: forecast)
  }

  /// A new run in the place of one that failed.
  func again(_ trial: Trial, after failed: RunSummary) throws -> TrialDecision {
    TrialDecision(
      trial: trial, action: .again, why: failure(failed), run: nil, state: nil,
      forecast: try forecaster.forecast(trial))
  }

  private func failure(_ run: RunSummary) -> String { "run \(run.id) failed: \(run.cause ?? "cause unknown")" }

  /// The steps that the next attempt of a run need not do again.
  private func firstStep(of run: RunSummary) throws -> Int { try store?.newestCheckpointStep(run: run.id) ?? 0 }
}
