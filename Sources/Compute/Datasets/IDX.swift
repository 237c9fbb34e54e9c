import Digests
import Files
public import Foundation

/// The bounds of what is read: sizes are checked before anything is allocated.
enum IDXLimit {
  static let images = 10_000_000
  static let side = 4096
  static let fileBytes = 1 << 30
}

/// One file of a data set, unpacked.
struct DataFile {
  var path: String
  var content: Data

  /// An unpacked file that was read from a path.
  init(path: String, packed data: Data) throws(DatasetError) {
    self.path = path
    content = data.starts(with: [0x1f, 0x8b]) ? try gunzip(data, path: path, limit: IDXLimit.fileBytes) : data
  }

  /// Reads `name` or `name.gz` in a folder; nil if neither is there.
  init?(folder: String, name: String) throws(DatasetError) {
    for candidate in ["\(folder)/\(name)", "\(folder)/\(name).gz"] {
      let data: Data
      do {
        data = try readFile(candidate, limit: IDXLimit.fileBytes)
      } catch {
        if case .missing = error { continue }
        throw .file(error)
      }
      try self.init(path: candidate, packed: data)
      return
    }
    return nil
  }

  /// The big-endian words of an IDX header: the magic number, then the dimensions.
  func header(magic: UInt32, dimensions: Int) throws(DatasetError) -> [Int] {
    func word(_ index: Int) -> UInt32 {
      content[4 * index..<4 * index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard content.count >= 4 else { throw .headerCut(path: path, bytes: content.count) }
    guard word(0) == magic else { throw .magic(path: path, found: word(0), expected: magic) }
    guard content.count >= 4 + 4 * dimensions else { throw .headerCut(path: path, bytes: content.count) }
    return (1...dimensions).map { Int(word($0)) }
  }

  /// The images: magic 0x803, three dimensions, a byte a pixel.
  func images() throws(DatasetError) -> (count: Int, height: Int, width: Int, pixels: [UInt8]) {
    let sizes = try header(magic: 0x803, dimensions: 3)
    guard sizes[0] <= IDXLimit.images else {
      throw .size(path: path, what: "images", found: sizes[0], limit: IDXLimit.images)
    }
    for side in sizes[1...] where side < 1 || side > IDXLimit.side {
      throw .size(path: path, what: "pixels a side", found: side, limit: IDXLimit.side)
    }
    guard sizes[0] > 0 else { throw .noImages(path: path) }
    // At most 10⁷ · 4096²: no overflow.
    let expected = sizes[0] * sizes[1] * sizes[2]
    guard content.count - 16 == expected else {
      throw .length(path: path, expected: expected, found: content.count - 16)
    }
    return (sizes[0], sizes[1], sizes[2], [UInt8](content[16...]))
  }

  /// The labels: magic 0x801, one dimension, a byte each.
  func labels(classes: Int) throws(DatasetError) -> [UInt8] {
    let count = try header(magic: 0x801, dimensions: 1)[0]
    guard count <= IDXLimit.images else {
      throw .size(path: path, what: "labels", found: count, limit: IDXLimit.images)
    }
    guard content.count - 8 == count else { throw .length(path: path, expected: count, found: content.count - 8) }
    let labels = [UInt8](content[8...])
    if let index = labels.firstIndex(where: { $0 >= classes }) {
      throw .label(path: path, index: index, found: Int(labels[index]), classes: classes)
    }
    return labels
  }
}

/// The four files of a data set in MNIST's layout.
enum IDXFile: String, CaseIterable {
  case trainingImages = "train-images-idx3-ubyte"
  case trainingLabels = "train-labels-idx1-ubyte"
  case testImages = "t10k-images-idx3-ubyte"
  case testLabels = "t10k-labels-idx1-ubyte"
}

extension IDXFile {
  /// Finds the file in a folder under its own name, or under one that other data sets use: `emnist-letters-train-images…`,
  /// `test-images…` for `t10k-images…`, `images.idx3` for `images-idx3`. nil if none is there. Throws ``DatasetError``.
  func find(in folder: String) throws(DatasetError) -> DataFile? {
    if let file = try DataFile(folder: folder, name: rawValue) { return file }
    let found = candidates(in: folder)
    guard let first = found.first else { return nil }
    guard found.count == 1 else { throw .ambiguous(folder: folder, what: rawValue, files: found) }
    return try DataFile(folder: folder, name: first)
  }

  /// Whether the folder has such a file, whatever is in it.
  func isThere(in folder: String) -> Bool { !candidates(in: folder).isEmpty }

  private func candidates(in folder: String) -> [String] {
    guard let names = try? Folder(folder).names() else { return [] }
    return names.filter { name in
      var rest = name[...]
      if rest.hasSuffix(".gz") { rest = rest.dropLast(3) }
      return endings.contains { ending in rest == ending || rest.hasSuffix("-\(ending)") || rest.hasSuffix("_\(ending)")
      }
    }
  }

  private var endings: [String] {
    let (half, rest) = (rawValue.prefix { $0 != "-" }, rawValue.drop { $0 != "-" })
    let dotted = rest.replacing("-idx", with: ".idx")
    return (half == "t10k" ? ["t10k", "test"] : ["train"]).flatMap { ["\($0)\(rest)", "\($0)\(dotted)"] }
  }
}

/// Reads the four files of a folder, each plain or with `.gz`; nil if none of them is there.
///
/// The classes are those of `classes.txt`, otherwise those that the folder's name implies, otherwise ten. `expected` pins
/// the SHA-256 of the unpacked content by file name.
func readIDXFolder(
  _ folder: String, name: String, classNames known: [String]? = nil, expected: [IDXFile: String] = [:]
) throws(DatasetError) -> Dataset? {
  var files: [IDXFile: DataFile] = [:]
  for file in IDXFile.allCases { files[file] = try file.find(in: folder) }
  guard !files.isEmpty else { return nil }
  let missing = IDXFile.allCases.filter { files[$0] == nil }.map(\.rawValue)
  guard missing.isEmpty else { throw .missing(name: name, files: missing, places: [folder], isPackaged: false) }
  // Before they are looked into: what is wrong with a file that should be another one helps nobody.
  var digests: [String: String] = [:]
  for file in IDXFile.allCases {
    let digest = sha256Hex(files[file]!.content)
    if let pinned = expected[file], pinned != digest {
      throw .digest(path: files[file]!.path, found: digest, expected: pinned)
    }
    digests[file.rawValue] = digest
  }
  var names = known
  if names == nil { names = try ClassNames.read(folder, "classes.txt") }
  names = names ?? ClassNames.ofFolder(folder)
  let classes = names?.count ?? 10

  func half(_ images: IDXFile, _ labels: IDXFile) throws(DatasetError) -> ImageSet {
    let (count, height, width, pixels) = try files[images]!.images()
    let marks = try files[labels]!.labels(classes: classes)
    guard count == marks.count else {
      throw .counts(
        images: files[images]!.path, imageCount: count, labels: files[labels]!.path, labelCount: marks.count)
    }
    return ImageSet(height: height, width: width, pixels: pixels, labels: marks, classes: classes)
  }
  let training = try half(.trainingImages, .trainingLabels)
  let test = try half(.testImages, .testLabels)
  guard training.height == test.height, training.width == test.width else {
    throw .sizesDiffer(
      training: files[.trainingImages]!.path, trainingSize: "\(training.height)x\(training.width)",
      test: files[.testImages]!.path, testSize: "\(test.height)x\(test.width)")
  }
  // How many classes there are decides what the network is; their names do not.
  if classes != 10 { digests["classes"] = sha256Hex("\(classes)") }
  return Dataset(name: name, training: training, test: test, digests: digests, classNames: names)
}

/// The images of an IDX file, plain or packed, without labels (all are 0); nil for bytes that begin otherwise.
///
/// Throws ``DatasetError`` for a damaged one.
public func readIDXImages(_ data: Data, path: String) throws(DatasetError) -> ImageSet? {
  guard data.starts(with: [0x1f, 0x8b]) || data.starts(with: [0, 0, 8]) else { return nil }
  let (count, height, width, pixels) = try DataFile(path: path, packed: data).images()
  return ImageSet(height: height, width: width, pixels: pixels, labels: [UInt8](repeating: 0, count: count), classes: 1)
}
