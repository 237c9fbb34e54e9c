import Digests
import Files
public import Foundation
import Journals
public import Store
import Training

extension RunFolder {
  /// Keeps a state as `<name>.safetensors` in the run's folder.
  func save(_ state: StateDictionary, as name: PlainName) throws -> ArtifactRecord {
    let (bytes, digest) = try state.writeSafetensors(to: "\(path)/\(name).safetensors")
    return ArtifactRecord(name: name.text, path: name.appending(".safetensors"), bytes: bytes, digest: digest)
  }

  /// Keeps the class that each test picture was taken for, and its label, a byte each: `predictions.u8`.
  func savePredictions(_ predictions: [UInt8], labels: [UInt8]) throws -> ArtifactRecord {
    let data = Data(zip(predictions, labels).flatMap { [$0, $1] })
    try open().write("predictions.u8", data)
    return ArtifactRecord(
      name: ArtifactName.predictions.rawValue, path: "predictions.u8", bytes: data.count, digest: sha256Hex(data))
  }
}

/// The moments of a run whose weights can be exported.
public enum WeightsMoment: String, Sendable, CaseIterable {
  /// What the training began with; it is drawn again from the configuration.
  case initial
  /// What a complete training ended with.
  case last
}

/// A run's weights as the bytes of a safetensors file, which PyTorch loads into the same nested `nn.Sequential`.
///
/// Throws ``LabError/runHasNoArtifact(run:name:state:)`` where they are not kept, and an error for a file that is not
/// what was recorded.
public func exportWeights(store: Store, run: RunSummary, at moment: WeightsMoment) throws -> Data {
  switch moment {
  case .initial:
    let configuration = try RunConfiguration(canonical: run.configuration ?? "", run: run.id)
    let network = try configuration.buildNetwork(classes: 10)
    return initialState(of: network, configuration.network.initialization, seed: configuration.settings.seed)
      .safetensors
  case .last:
    let rows = try store.query(
      "SELECT path, digest FROM artifact WHERE run = '\(run.id)' AND name = '\(moment.rawValue)'"
    ).rows
    guard let row = rows.first, case .text(let name) = row[0], case .text(let digest) = row[1] else {
      throw LabError.runHasNoArtifact(run: run.id, name: moment.rawValue, state: run.state.name)
    }
    let folder = try RunFolder(store: store.directory, existing: run.id)
    guard let file = PlainName(name) else { throw LabError.artifactChanged(path: name) }
    let path = "\(folder.path)/\(file)"
    let data = try folder.open().read(file, limit: 4 << 30)
    guard sha256Hex(data) == digest else { throw LabError.artifactChanged(path: path) }
    return data
  }
}
