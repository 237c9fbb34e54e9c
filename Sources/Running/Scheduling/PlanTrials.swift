import Cluster
import Configurations
import Datasets
import Experiments
import Foundation
import Store

/// Says of each trial what is to be done with it, and why, from what the store has.
struct Planner {
  let store: Store?
  let options: RunOptions
  let forecaster: Forecaster
  /// The cluster's jobs of the store's runs; nil where none are asked for.
  var jobs: ClusterJobs?

  /// The decision on a trial. A run belongs to its configuration: one that was started for another name counts as well,
  /// behind those of the trial's own.
  ///
  /// `doneHere` is the run of this configuration that was completed meanwhile, which `--rerun` does not repeat.
  func decide(_ trial: Trial, doneHere: String? = nil) throws -> TrialDecision {
    func isOwn(_ run: RunSummary) -> Bool { run.experiment == trial.experiment && run.trial == trial.name }
    let all = try (store?.runs(trialID: trial.id) ?? []) + earlierRuns(trial)
    let present = all.filter { $0.state != .gone }
    let runs = present.filter { !isOwn($0) } + present.filter(isOwn)
    func named(_ run: RunSummary) -> String {
      isOwn(run) ? "run \(run.id)" : "run \(run.id) (of \(run.experiment)/\(run.trial), the same configuration)"
    }
    let forecast = try forecaster.forecast(trial)
    func decision(
      _ action: TrialDecision.Action, _ why: String, _ run: RunSummary? = nil
    ) -> TrialDecision {
      TrialDecision(
        trial: trial, action: action, why: why, run: run?.id, state: run?.state, forecast: forecast)
    }
    for run in runs where run.state.outcome == nil {
      guard let job = liveJob(of: run) else { continue }
      var found = decision(.skip, Self.why(named(run), job), run)
      found.job = job
      return found
    }
    if let running = runs.first(where: { $0.state == .running }) {
      return decision(.skip, "\(named(running)) is in progress", running)
    }
    if let done = runs.first(where: { $0.id == doneHere && $0.state == .completed }) {
      return decision(.skip, "\(named(done)) is complete", done)
    }
    if options.failed {
      guard let newest = runs.last, newest.state == .failed else {
        return decision(.skip, "--failed, and it has not failed", runs.last)
      }
      return decision(.again, failure(newest))
    }
    if let complete = runs.last(where: { $0.state == .completed }) {
      return options.rerun
        ? decision(.again, "--rerun; \(named(complete)) is complete")
        : decision(.skip, "\(named(complete)) is complete", complete)
    }
    if options.rerun, let newest = runs.last {
      return decision(.again, "--rerun; run \(newest.id) is \(newest.state.name)")
    }
    if let unfinished = runs.last(where: { [.queued, .interrupted, .lost].contains($0.state) }) {
      return try resume(trial, unfinished)
    }
    if let failed = runs.last { return decision(.again, failure(failed)) }
    if let gone = all.last { return decision(.new, "the folder of run \(gone.id) is gone from the store") }
    let other = try store?.runs(experiment: trial.experiment, trial: trial.name).last
    if let other, let configuration = other.configuration {
      let differences = configurationDifferences(from: configuration, to: trial.canonicalText)
      return decision(.changed, "differs from run \(other.id): \(differences.joined(separator: ", "))")
    }
    return decision(.new, "no run of it is in the store")
  }

  /// The trial's runs from when data of one's own were identified by their folder: those that have read the same files.
  private func earlierRuns(_ trial: Trial) throws -> [RunSummary] {
    guard let store, let data = trial.dataset.data else { return [] }
    return try store.runs(experiment: trial.experiment, trial: trial.name).filter { run in
      guard var configuration = try? TrialConfiguration(canonicalText: run.configuration ?? ""),
        configuration.dataset.data == nil, let json = try store.dataDigests(run: run.id),
        let digests = try? JSONDecoder().decode([String: String].self, from: Data(json.utf8)),
        Dataset.digest(of: digests) == data
      else { return false }
      configuration.dataset.data = data
      return configuration.canonicalText() == trial.canonicalText
    }
  }

  private func liveJob(of run: RunSummary) -> ClusterJobs.Status? {
    guard let job = jobs?.status(of: run.id), job.isLive else { return nil }
    return job
  }

  private static func why(_ run: String, _ job: ClusterJobs.Status) -> String { "\(run) is left to \(job.words)" }

  /// What is done with a trial whose run did not come to its end the time before.
  func retry(_ trial: Trial, run: RunSummary) throws -> TrialDecision {
    switch run.state {
    case .completed, .running, .gone: return try decide(trial)
    case .failed: return try again(trial, after: run)
    case .queued, .interrupted, .lost: return try resume(trial, run)
    }
  }

  /// The decision to go on with a run that was begun, or to leave it to the cluster's job that does.
  func resume(_ trial: Trial, _ run: RunSummary) throws -> TrialDecision {
    var forecast = try forecaster.forecast(trial)
    if let job = liveJob(of: run) {
      return TrialDecision(
        trial: trial, action: .skip, why: Self.why("run \(run.id)", job), run: run.id, state: run.state,
        forecast: forecast, job: job)
    }
    forecast.firstStep = try firstStep(of: run)
    if forecast.steps > 0 {
      forecast.seconds = forecast.seconds.map {
        $0 * Double(forecast.steps - forecast.firstStep) / Double(forecast.steps)
      }
    }
    let place = forecast.firstStep > 0 ? "from step \(forecast.firstStep)" : "from the start"
    return TrialDecision(
      trial: trial, action: .resume,
      why: "run \(run.id) is \(run.state.name)\(run.cause.map { " (\($0))" } ?? ""); it resumes \(place)", run: run.id,
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
