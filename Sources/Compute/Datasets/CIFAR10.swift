import Digests
import Files
import Foundation

/// CIFAR-10 in its binary form: six files of records of a label and 32×32 pixels, the red ones first, then green, then blue.
///
/// Source: Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html
enum CIFAR10 {
  static let trainingFiles = (1...5).map { "data_batch_\($0).bin" }
  static let testFile = "test_batch.bin"
  static let side = 32
  static let record = 1 + 3 * side * side
  static let namesFile = "batches.meta.txt"

  /// The folders that the files may be in, where somebody names one.
  static func layouts(_ path: String) -> [String] { [path, "\(path)/cifar-10-batches-bin"] }

  /// Reads the six files of a folder; nil if none of them is there. Throws ``DatasetError``.
  static func read(_ folder: String, name: String) throws(DatasetError) -> Dataset? {
    var files: [String: Data] = [:]
    for file in trainingFiles + [testFile] {
      do { files[file] = try readFile("\(folder)/\(file)", limit: IDXLimit.fileBytes) } catch {
        if case .missing = error { continue }
        throw .file(error)
      }
    }
    guard !files.isEmpty else { return nil }
    let missing = (trainingFiles + [testFile]).filter { files[$0] == nil }
    guard missing.isEmpty else { throw .missing(name: name, files: missing, places: [folder], isPackaged: false) }
    let names = try ClassNames.read(folder, namesFile) ?? ClassNames.cifar10
    guard names.count == 10 else {
      throw .classNames(path: "\(folder)/\(namesFile)", reason: "it has \(names.count) names, and CIFAR-10 has 10")
    }
    var training = Half()
    for file in trainingFiles { try training.add(files[file]!, path: "\(folder)/\(file)") }
    var test = Half()
    try test.add(files[testFile]!, path: "\(folder)/\(testFile)")
    return Dataset(
      name: name, training: training.set, test: test.set, digests: files.mapValues { sha256Hex($0) },
      classNames: names)
  }

  private struct Half {
    var pixels: [UInt8] = []
    var labels: [UInt8] = []

    mutating func add(_ content: Data, path: String) throws(DatasetError) {
      guard !content.isEmpty else { throw .noImages(path: path) }
      guard content.count.isMultiple(of: record) else {
        throw .record(path: path, bytes: content.count, record: record)
      }
      for start in stride(from: content.startIndex, to: content.endIndex, by: record) {
        let label = content[start]
        guard label < 10 else {
          throw .recordLabel(path: path, record: (start - content.startIndex) / record, found: Int(label))
        }
        labels.append(label)
        pixels.append(contentsOf: content[start + 1..<start + record])
      }
    }

    var set: ImageSet {
      ImageSet(channels: 3, height: side, width: side, pixels: pixels, labels: labels, classes: 10)
    }
  }

  /// Why a folder without the binary files has none, where that can be seen.
  static func otherForm(_ path: String) -> DatasetError? {
    for folder in [path, "\(path)/cifar-10-batches-py"] where fileKind("\(folder)/data_batch_1") != nil {
      return .pythonBatches(path: folder)
    }
    for archive in ["cifar-10-binary.tar.gz", "cifar-10-python.tar.gz"] where fileKind("\(path)/\(archive)") != nil {
      return .packed(path: "\(path)/\(archive)")
    }
    return nil
  }
}
