package import Journals
package import Store

/// A run for programs: `list --json` and the live page have these, with names as SQL has them.
package struct RunFacts: Encodable, Sendable, Hashable {
  package var run: String
  package var experiment: String
  package var trial: String
  package var profile: String?
  package var state: RunState
  package var cause: String?
  package var author: String?
  package var created_at: String
  package var ended_at: String?
  package var arch: String?
  package var ratio: Int?
  package var input: String?
  package var seed: String
  package var epochs: Int
  package var train_loss: Double?
  package var train_accuracy: Double?
  package var test_loss: Double?
  package var test_accuracy: Double?
  package var examples_per_second: Double?
  package var timed_epochs: Int
  package var disturbed_epochs: Int
  package var undisturbed_examples_per_second: Double?
  package var seconds: Double?
  package var peak_rss_bytes: Int?
  package var parameters: Int?
  package var tags: [String]
  package var removed_at: String?

  package init(_ run: RunSummary) {
    self.run = run.id
    experiment = run.experiment
    trial = run.trial
    profile = run.profile
    state = run.state
    cause = run.cause
    author = run.author
    created_at = run.createdAt
    ended_at = run.endedAt
    arch = run.arch
    ratio = run.ratio
    input = run.input
    seed = run.seed
    epochs = run.epochs
    train_loss = run.trainLoss
    train_accuracy = run.trainAccuracy
    test_loss = run.testLoss
    test_accuracy = run.testAccuracy
    examples_per_second = run.examplesPerSecond
    timed_epochs = run.timedEpochs
    disturbed_epochs = run.disturbedEpochs
    undisturbed_examples_per_second = run.undisturbedExamplesPerSecond
    seconds = run.seconds
    peak_rss_bytes = run.peakResidentBytes
    parameters = run.parameters
    tags = run.tags
    removed_at = run.removedAt
  }
}
