import Experiments
import Store

/// A new run of a trial: its folder, and the first line of its journal.
func createRun(of trial: Trial, in directory: String) throws -> RunFolder {
  let folder = try RunFolder.create(store: directory, trialID: trial.id)
  let journal = try JournalWriter(folder: folder)
  try journal.append([
    .run(
      RunRecord(
        run: folder.run, experiment: trial.experiment, question: trial.question, profile: trial.profile,
        trial: trial.name, trialID: trial.id, configuration: trial.canonicalText,
        reductions: trial.reductions.map { ReductionRecord(key: $0.key, full: $0.full, used: $0.used) },
        seed: trial.training.seed, epochs: trial.training.epochs, createdAt: timestamp()))
  ])
  try journal.flush()
  return folder
}
