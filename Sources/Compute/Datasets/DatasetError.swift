public import Files
public import Images
import Text

/// What is wrong with a data set, as facts.
public enum DatasetError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknown(name: String)
  /// None of the folders has the files; `isPackaged` where the system has a package of them.
  case missing(name: String, files: [String], places: [String], isPackaged: Bool)
  case folderMissing(name: String, path: String)
  /// An empty name in the place of a folder's.
  case folderUnnamed
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
  /// A record of CIFAR-10 with a label that it does not have.
  case recordLabel(path: String, record: Int, found: Int)
  case counts(images: String, imageCount: Int, labels: String, labelCount: Int)
  /// The images of two files do not have one size; sizes are rows x columns.
  case sizesDiffer(training: String, trainingSize: String, test: String, testSize: String)
  case digest(path: String, found: String, expected: String)
  case image(path: String, ImageError)
  /// A link, FIFO, socket or device in a data set's folder.
  case notPlain(path: String, kind: FileKind)
  /// A name that is not UTF-8.
  case fileName(path: String)
  case noClasses(path: String)
  case tooManyClasses(path: String, found: Int)
  case noImagesOfClass(path: String, others: Int)
  case nestedFolder(path: String)
  case halfMissing(path: String, found: String, missing: String)
  /// Folders that seem to be halves, by other names than they have.
  case halfNames(path: String, found: [String])
  /// Two folders of classes whose names are the same text, written with other characters of Unicode.
  case sameName(path: String, name: String)
  case unknownClass(path: String, known: [String])
  case noTestImages(path: String)
  case tooManyBytes(path: String, bytes: Int, limit: Int)
  case changedWhileRead(path: String)
  case classNames(path: String, reason: String)
  /// Several files could be one of a data set's.
  case ambiguous(folder: String, what: String, files: [String])
  /// A file of records that ends within one.
  case record(path: String, bytes: Int, record: Int)
  case pythonBatches(path: String)
  case packed(path: String)
  /// A folder that has no data set that can be seen.
  case unrecognized(path: String)

  /// What is wrong, where, and what to do.
  ///
  /// Names of files and classes are written so that they stay on their line.
  public var description: String { printable(sentence) }

  private var sentence: String {
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
    case .folderUnnamed: "the name of the data set's folder is empty; name a folder with --data, or leave it out"
    case .folderMissing("synthetic", let path):
      "there is no folder \(path); leave --data out, for the data set 'synthetic' is generated"
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
      "\(path): label \(index) is \(found); labels are from 0 to \(classes - 1)\(classes == 10 ? "; for other numbers of classes put a classes.txt beside it, with one name per line" : "")"
    case .recordLabel(let path, let record, let found):
      """
      \(path): the label of record \(record) is \(found), and the labels of CIFAR-10 are from 0 to 9; get the file again, or \
      use image-folder or idx-folder for images of other classes
      """
    case .counts(let images, let imageCount, let labels, let labelCount):
      """
      \(images) has \(imageCount) images and \(labels) \(labelCount) labels; the numbers must be equal: get both files of \
      the same data set
      """
    case .sizesDiffer(let training, let trainingSize, let test, let testSize):
      """
      \(test): its images are \(testSize) (rows x columns), and those of \(training) are \(trainingSize); all images of \
      IDX files must have one size: get the right file, or use image-folder, which resizes each image
      """
    case .digest(let path, let found, let expected):
      """
      \(path): is not Fashion-MNIST's (SHA-256 of its content \(found.prefix(12))…, expected \(expected.prefix(12))…); \
      get the file again, or use the data set name idx-folder for images of your own
      """
    case .image(let path, let error): "\(path): \(error)"
    case .notPlain(let path, let kind):
      "\(path): is \(kind.phrase), which is not read in a data set's folder; put the file itself there"
    case .fileName(let path): "\(path): has a file or folder whose name is not UTF-8; rename it"
    case .noClasses(let path):
      """
      \(path): has no subfolders of classes; put the images of each class into a subfolder that is named by the class, \
      at least two of them, in `train` and `test` or directly in the data set's folder
      """
    case .tooManyClasses(let path, let found):
      "\(path): has \(found) subfolders; at most \(classLimit) classes are possible"
    case .noImagesOfClass(let path, let others):
      """
      \(path): has no images\(others > 0 ? " among its \(others) files" : ""); put PNG or JPEG files (.png, .jpg, .jpeg) \
      there, or remove the folder
      """
    case .nestedFolder(let path):
      "\(path): is a folder in the folder of a class; move its images into the class's folder"
    case .halfMissing(let path, let found, let missing):
      "\(path): has the folder \(found) and no folder \(missing); add it, with one subfolder per class"
    case .halfNames(let path, let found):
      """
      \(path): has folders of classes in \(found.joined(separator: ", ")); the halves of a data set are called train and test \
      (or val): rename them
      """
    case .sameName(let path, let name):
      """
      \(path): has two folders named \(name), which differ only in how Unicode writes its accents; rename one, or move its images \
      into the other
      """
    case .unknownClass(let path, let known):
      """
      \(path): there is no class of this name in the training images\(nearest(to: lastPathComponent(path), among: known).map { "; did you mean \($0)?" } ?? "; the classes there are \(known.prefix(20).joined(separator: ", "))")
      """
    case .noTestImages(let path):
      "\(path): has no image to test on; each class needs at least two images, or make the folders train and test"
    case .tooManyBytes(let path, let bytes, let limit):
      """
      \(path): its images would take \(Quantity.bytes(bytes)) of memory; at most \(Quantity.bytes(limit)) are read: lower \
      dataset.resize, or take fewer images
      """
    case .changedWhileRead(let path): "\(path): has changed while the data set was read; run the command again"
    case .classNames(let path, let reason): "\(path): \(reason); write one name a line"
    case .ambiguous(let folder, let what, let files):
      "\(folder): has several files of \(what): \(files.joined(separator: ", ")); give each data set its own folder"
    case .record(let path, let bytes, let record):
      "\(path): has \(bytes) bytes, which are no whole records of \(record) bytes; get the file again"
    case .pythonBatches(let path):
      """
      \(path): has CIFAR-10 in its Python version; get the binary version (cifar-10-binary.tar.gz) from \
      https://www.cs.toronto.edu/~kriz/cifar.html
      """
    case .unrecognized(let path):
      """
      \(path): has no data set; it should have four IDX files (train-images-idx3-ubyte, …), CIFAR-10's data_batch_1.bin, …, \
      or a subfolder of PNG or JPEG files for each class
      """
    case .packed(let path):
      path.hasSuffix("python.tar.gz")
        ? "\(path): is CIFAR-10 in its Python version; get cifar-10-binary.tar.gz and unpack it with `tar -xzf`"
        : "\(path): is packed; unpack it with `tar -xzf` in its folder"
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
    case .folderUnnamed: .usage
    case .file(let error): error.kind
    default: .badInput
    }
  }
}
