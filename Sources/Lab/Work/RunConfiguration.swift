import Experiments
import Foundation
import Networks
import Training

/// A run's configuration as its journal keeps it: a trial's canonical JSON, read back.
struct RunConfiguration: Decodable, Sendable {
  struct DatasetPart: Decodable, Sendable {
    var name: String
    var resize: Int
    var train: Int?
    var test: Int?
  }

  var dataset: DatasetPart
  var network: NetworkConfiguration
  var training: TrainingSettings
}
