import Digests
import Files
import Foundation
import Journals
import Training

extension RunFolder {
  /// Keeps a state as `<name>.safetensors` in the run's folder.
  func save(_ state: StateDictionary, as name: PlainName) throws -> ArtifactRecord {
    let (bytes, digest) = try state.writeSafetensors(to: "\(path)/\(name).safetensors")
    return ArtifactRecord(name: name.text, path: name.appending(".safetensors"), bytes: bytes, digest: digest)
  }

  /// Keeps the predicted class of each test image, and its label, a byte each: `predictions.u8`.
  func savePredictions(_ predictions: [UInt8], labels: [UInt8]) throws -> ArtifactRecord {
    let data = Data(zip(predictions, labels).flatMap { [$0, $1] })
    try open().write("predictions.u8", data)
    return ArtifactRecord(
      name: ArtifactName.predictions.rawValue, path: "predictions.u8", bytes: data.count, digest: sha256Hex(data))
  }
}
