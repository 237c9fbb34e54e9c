import Files
import Foundation
import Inference
import Store
import Training

/// Why a run's weights cannot be had, as facts.
enum WeightsError: Error, Hashable, CustomStringConvertible, Fault {
  case notTheNetworks(run: String, reason: String)

  /// What happened, where, and what to do.
  var description: String {
    switch self {
    case .notTheNetworks(let run, let reason):
      """
      run \(run): its weights are not those of its network: \(reason); `vgglab run FILE --rerun` with its experiment file trains \
      its trial again
      """
    }
  }

  var kind: FaultKind {
    switch self {
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
/// Throws `InferenceError` where they are not kept, or not what was recorded.
func exportWeights(store: Store, run: RunSummary, at moment: WeightsMoment) throws -> Data {
  switch moment {
  case .initial:
    let trained = try TrainedRun(run, in: store)
    return initialState(
      of: trained.network, trained.configuration.network.initialization, seed: trained.configuration.settings.seed
    ).safetensors
  case .best, .last: return try TrainedRun.weightsFile(moment.rawValue, of: run, in: store).data
  }
}
