package import Experiments
package import Journals
import Processes

/// A new run of a trial: its folder, and the first lines of its journal.
package func createRun(of trial: Trial, in directory: String, forecast: Forecast? = nil) throws -> RunFolder {
  let folder = try RunFolder.create(store: directory, trialID: trial.id)
  let journal = try JournalWriter(folder: folder)
  var records: [JournalRecord] = [
    .run(
      RunRecord(
        run: folder.run, experiment: trial.experiment, question: trial.question, profile: trial.profile,
        trial: trial.name, trialID: trial.id, configuration: trial.canonicalText,
        reductions: trial.reductions.map { ReductionRecord(key: $0.key, full: $0.full, used: $0.used) },
        seed: trial.training.seed, epochs: trial.training.epochs, createdAt: timestamp()))
  ]
  if let forecast, trial.training.epochs > 0 {
    records.append(
      .forecast(
        ForecastRecord(
          at: timestamp(), steps: forecast.steps, seconds: forecast.seconds, memoryBytes: forecast.memoryBytes,
          diskBytes: forecast.diskBytes, basis: forecast.basis?.rawValue)))
  }
  try journal.append(records)
  try journal.flush()
  return folder
}
