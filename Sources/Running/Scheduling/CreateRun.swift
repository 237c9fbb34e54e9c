package import Experiments
package import Journals
import Processes
import Provenance

/// A new run of a trial: its folder, and the first lines of its journal.
///
/// `newest` is the largest sequence of the runs that the store has: the new run's is larger, whatever the clock says.
package func createRun(
  of trial: Trial, in directory: String, after newest: Int, forecast: Forecast? = nil
) throws -> RunFolder {
  let folder = try RunFolder.create(store: directory, trialID: trial.id)
  let journal = try JournalWriter(folder: folder)
  var records: [JournalRecord] = [
    .run(
      RunRecord(
        run: folder.run, experiment: trial.experiment, question: trial.question, profile: trial.profile,
        trial: trial.name, trialID: trial.id, configuration: trial.canonicalText,
        reductions: trial.reductions.map { ReductionRecord(key: $0.key, full: $0.full, used: $0.used) },
        seed: trial.training.seed, epochs: trial.training.epochs, createdAt: timestamp(),
        sequence: min(max(milliseconds(), newest + 1), RunRecord.lastSequence), author: Author.name))
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
