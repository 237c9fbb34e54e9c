import Digests
import Files
import Foundation

/// A data set that was found in a folder: what `dataset.name` is to be, and what is in it.
public struct FoundDataset: Sendable {
  /// With its images.
  public var dataset: Dataset
  /// The folder.
  public var path: String?
  /// The sizes of its image files in pixels, the most frequent first; of other data sets one.
  public var sizes: [(width: Int, height: Int, count: Int)]
  /// Whether the folder itself says what is tested on.
  public var isDivided: Bool
  /// Files that are not read, because their names are no images'.
  public var otherFiles: Int
  /// Folders beside `train` and `test`, which are not read.
  public var otherFolders: [String]
  /// Images of the test half that the training half has too, byte for byte.
  public var inBothHalves: Int
}

/// Reads a data set of a known name, with more about its files than training needs. Throws ``DatasetError``.
public func inspectDataset(
  named name: String, path: String?, side: Int, environment: [String: String]
) throws(DatasetError) -> FoundDataset {
  if name == "image-folder", let path {
    let folder = try ImageFolder(path, name: name)
    var counts: [[Int]: Int] = [:]
    for file in folder.training + folder.test { counts[[file.header.width, file.header.height], default: 0] += 1 }
    let known = Set(folder.training.map(\.digest))
    return FoundDataset(
      dataset: try folder.load(name: name, side: side), path: path,
      sizes: counts.sorted { ($1.value, $0.key[0], $0.key[1]) < ($0.value, $1.key[0], $1.key[1]) }
        .map { (width: $0.key[0], height: $0.key[1], count: $0.value) },
      isDivided: folder.isDivided, otherFiles: folder.otherFiles, otherFolders: folder.otherFolders,
      inBothHalves: folder.test.count { known.contains($0.digest) })
  }
  let dataset = try loadDataset(named: name, path: path, side: side, environment: environment)
  let known = Set((0..<dataset.training.count).map { dataset.training.bytes($0) })
  return FoundDataset(
    dataset: dataset, path: path,
    sizes: [
      (
        width: dataset.training.width, height: dataset.training.height,
        count: dataset.training.count + dataset.test.count
      )
    ], isDivided: true, otherFiles: 0, otherFolders: [],
    inBothHalves: (0..<dataset.test.count).count { known.contains(dataset.test.bytes($0)) })
}

/// The name of the data set that a folder has: by its files, none of which is looked into. Throws ``DatasetError`` for a
/// folder that is missing or has none.
public func detectDataset(in path: String) throws(DatasetError) -> String {
  try checkFolder(path, name: "image-folder")
  for folder in idxLayouts(path) {
    for file in IDXFile.allCases where file.isThere(in: folder) {
      return isFashionMNIST(folder) ? "fashion-mnist" : "idx-folder"
    }
  }
  for folder in CIFAR10.layouts(path) {
    for file in CIFAR10.trainingFiles + [CIFAR10.testFile] where fileKind("\(folder)/\(file)") != nil {
      return "cifar-10"
    }
  }
  if let other = CIFAR10.otherForm(path) { throw other }
  guard let folder = try? Folder(path), let names = try? folder.names(),
    names.contains(where: { !$0.hasPrefix(".") && folder.kind(of: $0) == .folder })
  else { throw .unrecognized(path: path) }
  return "image-folder"
}

/// Whether a folder's labels are Fashion-MNIST's; its other files are looked at when they are read.
private func isFashionMNIST(_ folder: String) -> Bool {
  guard let file = try? IDXFile.testLabels.find(in: folder) else { return false }
  return sha256Hex(file.content) == fashionMNISTDigests[.testLabels]
}

extension ImageSet {
  fileprivate func bytes(_ index: Int) -> ArraySlice<UInt8> { pixels[index * imageBytes..<(index + 1) * imageBytes] }
}
