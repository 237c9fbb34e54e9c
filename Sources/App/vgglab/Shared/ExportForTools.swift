import Evidence
import Exchange
import Foundation
import Inference
import Provenance
import Store
import Training

/// A run's network with weights as an ONNX model. Throws ``WeightsError``, `InferenceError` and `ExchangeError`.
func exportModel(store: Store, run: RunSummary, at moment: WeightsMoment) throws -> Data {
  let trained = try TrainedRun(run, in: store)
  let state: StateDictionary =
    switch moment {
    case .initial:
      initialState(
        of: trained.network, trained.configuration.network.initialization, seed: trained.configuration.settings.seed)
    case .best, .last: try trained.weights(moment.rawValue)
    }
  if let complaint = state.mismatch(with: trained.network) {
    throw WeightsError.notTheNetworks(run: run.id, reason: complaint)
  }
  let input = trained.network.input.dimensions
  let colors = input[0] == 1 ? "one channel, 0 black to 1 white" : "\(input[0]) channels in the order red, green, blue"
  let names = String(decoding: try JSONEncoder().encode(trained.classNames), as: UTF8.self)
  return try ONNXModel(
    network: trained.network, state: state, version: vgglabVersion, name: run.trial,
    description: """
      \(run.experiment)/\(run.trial), run \(run.id), weights: \(moment.rawValue). Input 'image': float32 [batch, \
      \(input.map(String.init).joined(separator: ", "))], \(colors), pixels / 255, resized by Pillow's bilinear filter, no further \
      normalization. Output 'logits': float32 [batch, \(trained.network.classes)]; softmax gives probabilities.
      """,
    metadata: [
      ("vgglab.run", run.id), ("vgglab.experiment", run.experiment), ("vgglab.trial", run.trial),
      ("vgglab.weights", moment.rawValue), ("classes", names),
      ("preprocessing", "resize bilinear (Pillow), pixels / 255"),
    ]
  ).data()
}

/// Writes a folder with an event file for each run, in a folder that may have others; gives the files' paths.
///
/// A folder of a run that vgglab did not make is left alone. Throws `ReportError` and `StoreError`.
func exportEvents(store: Store, runs: [RunSummary], to folder: String) throws -> [String] {
  var paths: [String] = []
  for run in runs {
    let records = try RunRecords(run, in: store)
    let place = "\(folder)/\(records.folderName)"
    try OwnedFolder(place).replace(
      with: [records.eventFileName: records.events.data], of: OutputSubject(.events, notebook: run.id))
    paths.append("\(place)/\(records.eventFileName)")
  }
  return paths
}
