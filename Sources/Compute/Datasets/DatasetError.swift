public import Files

/// What is wrong with a data set, as facts.
public enum DatasetError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknown(name: String)
  /// None of the folders has the files; `isPackaged` where the system has a package of them.
  case missing(name: String, files: [String], places: [String], isPackaged: Bool)
  case folderMissing(name: String, path: String)
  case notAFolder(name: String, path: String)
  /// More images are wanted than there are.
  case tooFew(name: String, what: String, wanted: Int, found: Int)
  /// The data are not those that the trial was identified by.
  case changed(name: String, found: String, expected: String)
  case pathNeeded(name: String)
  case file(FileError)
  case gzip(path: String, reason: String)
  case unpacksTooLarge(path: String, limit: Int)
  case headerCut(path: String, bytes: Int)
  case magic(path: String, found: UInt32, expected: UInt32)
  case size(path: String, what: String, found: Int, limit: Int)
  case length(path: String, expected: Int, found: Int)
  case noImages(path: String)
  case label(path: String, index: Int, found: Int, classes: Int)
  case counts(images: String, imageCount: Int, labels: String, labelCount: Int)
  case sizesDiffer(training: String, test: String)
  case digest(path: String, found: String, expected: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unknown(let name):
      "there is no data set '\(name)'; there are \(datasetNames.joined(separator: ", "))"
    case .missing(let name, let files, let places, true):
      """
      the data set '\(name)' is not in \(places.joined(separator: ", ")) (missing: \(files.joined(separator: ", "))); \
      install it with `apt-get install dataset-fashion-mnist`, or put its four IDX files into a folder and name that \
      with --data
      """
    case .missing(let name, let files, let places, false):
      """
      the folder \(places.joined(separator: ", ")) of the data set '\(name)' lacks \(files.joined(separator: ", ")); \
      put the files there, plain or with .gz, or correct dataset.path or --data
      """
    case .folderMissing(let name, let path):
      """
      there is no folder \(path), where the files of the data set '\(name)' should be; correct dataset.path (it is \
      relative to the experiment file's folder) or --data
      """
    case .notAFolder(let name, let path):
      "\(path) is no folder; name the folder of the files of the data set '\(name)' with dataset.path or --data"
    case .tooFew(let name, let what, let wanted, let found):
      "\(wanted) \(what) images are wanted, and the data set '\(name)' has \(found); lower dataset.\(what == "test" ? "test" : "train")"
    case .changed(let name, let found, let expected):
      """
      the files of the data set '\(name)' have changed (SHA-256 \(found.prefix(12))…, \(expected.prefix(12))… was expected); \
      run the experiment again for a run of the new data
      """
    case .pathNeeded(let name): "the data set '\(name)' needs a folder: write dataset.path, or use --data"
    case .file(let error): "\(error)"
    case .gzip(let path, let reason): "\(path): cannot be unpacked (\(reason)); get the file again"
    case .unpacksTooLarge(let path, let limit):
      "\(path): unpacks to more than the \(limit) bytes that such a file may have; is it the right file?"
    case .headerCut(let path, let bytes):
      "\(path): ends within the IDX header, after \(bytes) bytes; get the file again"
    case .magic(let path, let found, let expected):
      """
      \(path): begins with 0x\(hexadecimal(found)), and IDX \(expected == 0x803 ? "images" : "labels") begin with \
      0x\(hexadecimal(expected)); is it the right file?
      """
    case .size(let path, let what, let found, let limit):
      "\(path): its header claims \(found) \(what); at most \(limit) are read"
    case .length(let path, let expected, let found):
      "\(path): its header promises \(expected) bytes of data, and \(found) follow; get the file again"
    case .noImages(let path): "\(path): has no images; at least one is needed"
    case .label(let path, let index, let found, let classes):
      "\(path): label \(index) is \(found); labels are from 0 to \(classes - 1)"
    case .counts(let images, let imageCount, let labels, let labelCount):
      "\(images) has \(imageCount) images and \(labels) \(labelCount) labels; they must be as many"
    case .sizesDiffer(let training, let test): "the training images are \(training) and the test images \(test)"
    case .digest(let path, let found, let expected):
      """
      \(path): is not Fashion-MNIST's (SHA-256 of its content \(found.prefix(12))…, expected \(expected.prefix(12))…); \
      get the file again, or use the data set name idx-folder for images of your own
      """
    }
  }
}

private func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}

extension DatasetError: Fault {
  /// What sort of failure it is, for the exit code.
  public var kind: FaultKind {
    switch self {
    case .missing, .folderMissing, .notAFolder, .pathNeeded: .missingInput
    case .file(let error): error.kind
    default: .badInput
    }
  }
}
