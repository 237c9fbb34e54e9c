import Digests
import Files
import Foundation
import Inference
import Journals
import Store
import Training
import Worker

/// Why a run's weights cannot be had, as facts.
enum WeightsError: Error, Hashable, CustomStringConvertible, Fault {
  case runHasNoArtifact(run: String, name: String, state: String)
  case notTheNetworks(run: String, reason: String)

  /// What happened, where, and what to do.
  var description: String {
    switch self {
    case .runHasNoArtifact(let run, let name, let state):
      "run \(run) is \(state) and keeps no '\(name)' weights; `vgglab show \(run)` lists what it keeps"
    case .notTheNetworks(let run, let reason):
      "run \(run): its weights are not those of its network: \(reason); `vgglab rerun \(run)` trains it again"
    }
  }

  var kind: FaultKind {
    switch self {
    case .runHasNoArtifact: .missingInput
    case .notTheNetworks: .badInput
    }
  }
}

/// The moments of a run whose weights can be exported.
enum WeightsMoment: String, Sendable, CaseIterable {
  /// What the training began with; it is drawn again from the configuration.
  case initial
  /// The best ones of a training that keeps them.
  case best
  /// What a complete training ended with.
  case last
}

/// A run's weights as the bytes of a safetensors file, which PyTorch loads into the same nested `nn.Sequential`.
///
/// Throws ``WeightsError/runHasNoArtifact(run:name:state:)`` where they are not kept, and an error for a file that is not
/// what was recorded.
func exportWeights(store: Store, run: RunSummary, at moment: WeightsMoment) throws -> Data {
  switch moment {
  case .initial:
    let trained = try TrainedRun(run, in: store)
    return initialState(
      of: trained.network, trained.configuration.network.initialization, seed: trained.configuration.settings.seed
    ).safetensors
  case .best, .last:
    let rows = try store.query(
      "SELECT path, digest FROM artifact WHERE run = '\(run.id)' AND name = '\(moment.rawValue)'"
    ).rows
    guard let row = rows.first, case .text(let name) = row[0], case .text(let digest) = row[1] else {
      throw WeightsError.runHasNoArtifact(run: run.id, name: moment.rawValue, state: run.state.name)
    }
    let folder = try RunFolder(store: store.directory, existing: run.id)
    guard let file = PlainName(name) else { throw WorkerError.artifactChanged(path: name) }
    let path = "\(folder.path)/\(file)"
    let data = try folder.open().read(file, limit: 4 << 30)
    guard sha256Hex(data) == digest else { throw WorkerError.artifactChanged(path: path) }
    return data
  }
}
