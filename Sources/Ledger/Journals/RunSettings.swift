import Foundation

/// The part of a run's canonical configuration that its records are compared with. The configuration may come from anybody:
/// a value of another kind makes all of it unknown.
struct RunSettings: Decodable {
  struct Dataset: Decodable {
    var train: Int?
    var test: Int?
  }
  struct Training: Decodable {
    var epochs: Int?
    var seed: UInt64?
    var batch_size: Int?
    var max_steps: Int?
  }
  struct Measure: Decodable {
    struct Cost: Decodable {
      var steps: Int?
    }
    var cost: Cost?
  }
  var dataset: Dataset?
  var training: Training?
  var measure: Measure?

  init() {}

  /// Of a run; without values where its configuration cannot be read.
  init(of run: RunRecord) {
    self = (try? JSONDecoder().decode(RunSettings.self, from: Data(run.configuration.utf8))) ?? RunSettings()
  }
}
