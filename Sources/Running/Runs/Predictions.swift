import Digests
import Files
import Foundation
import Journals
import Store

/// What a completed training predicted for each test image, in the order of the test set.
struct Predictions {
  var classes: [UInt8] = []
  var labels: [UInt8] = []

  var isRight: [Bool] { zip(classes, labels).map(==) }

  /// Reads the file that a run has kept, two bytes an image: the predicted class, the label. nil where none was kept.
  ///
  /// Throws ``RunsError/predictionsChanged(path:)`` for a file that is not what was recorded, or is none any more.
  init?(of run: RunSummary, in store: Store) throws {
    guard let artifact = try store.artifact(run: run.id, name: ArtifactName.predictions.rawValue) else { return nil }
    let folder = try RunFolder(store: store.directory, existing: run.id)
    let path = "\(folder.path)/\(artifact.path)"
    guard let file = PlainName(artifact.path), let data = try? folder.open().read(file), data.count == artifact.bytes,
      data.count.isMultiple(of: 2),
      sha256Hex(data) == artifact.digest
    else { throw RunsError.predictionsChanged(path: path) }
    for index in stride(from: data.startIndex, to: data.endIndex, by: 2) {
      classes.append(data[index])
      labels.append(data[index + 1])
    }
  }
}
