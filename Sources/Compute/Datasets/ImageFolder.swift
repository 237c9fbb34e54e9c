import Digests
import Files
import Foundation
public import Images
import Text

/// A folder with a subfolder a class, in `train` and `test` or without them, and the image files in it.
struct ImageFolder {
  /// An image file: nothing of it is decoded yet.
  struct File {
    /// From the data set's folder on.
    var path: String
    var label: Int
    var digest: String
    var header: ImageHeader
  }

  let path: String
  private(set) var classNames: [String] = []
  private(set) var training: [File] = []
  private(set) var test: [File] = []
  /// Whether the folder itself says what is tested on.
  private(set) var isDivided = false
  /// Files that are no images by their names, which are not read.
  private(set) var otherFiles = 0
  /// Folders beside the two halves, which are not read.
  private(set) var otherFolders: [String] = []

  static let extensions: Set<String> = ["png", "jpg", "jpeg"]
  static let testFolders = ["test", "val"]
  /// What halves may be called by mistake, in small letters.
  private static let nearHalves: Set<String> = ["train", "training", "test", "testing", "val", "valid", "validation"]
  /// Without `train` and `test`, about one image of so many is tested on.
  static let testShare: UInt64 = 6
  static let byteLimit = 1 << 34

  /// Finds and reads the files of a folder. Throws ``DatasetError``.
  init(_ path: String, name: String) throws(DatasetError) {
    var place = path
    while place.count > 1, place.hasSuffix("/") { place.removeLast() }
    self.path = place
    try checkFolder(path, name: name)
    let names = try subfolders("")
    let halves = (train: names.contains("train"), test: Self.testFolders.first { names.contains($0) })
    if names.count == 1, halves.train || halves.test != nil {
      throw .halfMissing(path: path, found: names[0], missing: halves.train ? "test" : "train")
    }
    // A class may be called so too.
    if halves.train, let testFolder = halves.test {
      isDivided = true
      otherFolders = names.filter { $0 != "train" && $0 != testFolder }
      classNames = try classes("train")
      training = try files("train")
      let others = try classes(testFolder)
      if let unknown = others.first(where: { !classNames.contains($0) }) {
        throw .unknownClass(path: "\(path)/\(testFolder)/\(unknown)", known: classNames)
      }
      test = try files(testFolder, among: others)
    } else {
      var nested: [String] = []
      for name in names where Self.nearHalves.contains(name.lowercased()) {
        if try !subfolders(name).isEmpty { nested.append(name) }
      }
      // A class may be called so too, and have a stray folder.
      guard nested.count < 2, nested.isEmpty || nested.count < names.count else {
        throw .halfNames(path: self.path, found: nested)
      }
      classNames = try classes("")
      divide(try files(""))
    }
    guard !test.isEmpty else { throw .noTestImages(path: path) }
    training = Self.ordered(training)
    test = Self.ordered(test)
  }

  /// 3 where any file has colors, otherwise 1.
  var channels: Int { (training + test).contains { $0.header.channels == 3 } ? 3 : 1 }

  /// What names the images, their classes and their order.
  var digests: [String: String] {
    func digest(_ files: [File]) -> String {
      sha256Hex(files.map { "\($0.digest)  \(classNames[$0.label])\n" }.joined())
    }
    return ["train": digest(training), "test": digest(test), "classes": sha256Hex(classNames.joined(separator: "\n"))]
  }

  /// In the order of the files' digests: the first N are of all classes, whatever the files are called.
  private static func ordered(_ files: [File]) -> [File] {
    files.sorted { ($0.digest, $0.label, $0.path) < ($1.digest, $1.label, $1.path) }
  }

  /// Divides images by their digests: an image keeps its half whatever others come or go. Of a class with at least two
  /// images each half has one.
  private mutating func divide(_ files: [File]) {
    for label in classNames.indices {
      let own = Self.ordered(files.filter { $0.label == label })
      func isTest(_ file: File) -> Bool { UInt64(file.digest.prefix(15), radix: 16)! % Self.testShare == 0 }
      var (tested, trained) = (own.filter(isTest), own.filter { !isTest($0) })
      if tested.isEmpty, trained.count > 1 { tested.append(trained.removeFirst()) }
      if trained.isEmpty, !tested.isEmpty { trained.append(tested.removeFirst()) }
      training += trained
      test += tested
    }
  }

  // MARK: What is in the folder

  private func full(_ inner: String) -> String { inner.isEmpty ? path : "\(path)/\(inner)" }

  /// The names in a folder that are not hidden; each can be opened again.
  private func entries(_ inner: String) throws(DatasetError) -> (folder: Folder, names: [String]) {
    let folder: Folder
    let names: [String]
    do {
      folder = try Folder(full(inner))
      names = try folder.names().filter { !$0.hasPrefix(".") }
    } catch { throw .file(error) }
    // What is not UTF-8 was repaired when it was read.
    guard !names.contains(where: { $0.unicodeScalars.contains("\u{FFFD}") }) else { throw .fileName(path: full(inner)) }
    return (folder, names)
  }

  private func subfolders(_ inner: String) throws(DatasetError) -> [String] {
    let (folder, names) = try entries(inner)
    var found: [String] = []
    for name in names {
      let kind = folder.kind(of: name)
      if kind == .link { throw .notPlain(path: "\(full(inner))/\(name)", kind: .link) }
      if kind == .folder { found.append(name) }
    }
    return found
  }

  /// The classes of a half: its subfolders in the order of their names' bytes.
  private func classes(_ half: String) throws(DatasetError) -> [String] {
    let names = try subfolders(half).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    // Equal as Swift compares texts, by which a label is found.
    var seen: Set<String> = []
    if let twice = names.first(where: { !seen.insert($0).inserted }) {
      throw .sameName(path: full(half), name: twice)
    }
    guard !names.isEmpty else { throw .noClasses(path: full(half)) }
    guard names.count <= classLimit else { throw .tooManyClasses(path: full(half), found: names.count) }
    guard names.count > 1 || Self.testFolders.contains(half) else { throw .noClasses(path: full(half)) }
    return names
  }

  private mutating func files(_ half: String, among wanted: [String]? = nil) throws(DatasetError) -> [File] {
    var found: [File] = []
    for name in wanted ?? classNames {
      let inner = half.isEmpty ? name : "\(half)/\(name)"
      let (folder, names) = try entries(inner)
      var isEmpty = true
      for file in names {
        let kind = folder.kind(of: file)
        if kind == .folder { throw .nestedFolder(path: "\(full(inner))/\(file)") }
        guard Self.extensions.contains(pathExtension(file).lowercased()) else {
          otherFiles += 1
          continue
        }
        if let kind, kind != .file { throw .notPlain(path: "\(full(inner))/\(file)", kind: kind) }
        found.append(try image("\(inner)/\(file)", label: classNames.firstIndex(of: name)!))
        isEmpty = false
        guard found.count <= IDXLimit.images else {
          throw .size(path: path, what: "images", found: found.count, limit: IDXLimit.images)
        }
      }
      if isEmpty { throw .noImagesOfClass(path: full(inner), others: names.count) }
    }
    return found
  }

  private func image(_ inner: String, label: Int) throws(DatasetError) -> File {
    let data = try content(inner)
    do throws(ImageError) {
      return File(path: inner, label: label, digest: sha256Hex(data), header: try ImageHeader(data))
    } catch { throw .image(path: full(inner), error) }
  }

  private func content(_ inner: String) throws(DatasetError) -> Data {
    do { return try readFile(inner, below: path, limit: ImageLimit.fileBytes) } catch { throw .file(error) }
  }

  // MARK: The images

  /// The size of the training image whose shape is in the middle of all.
  private var typicalSize: ImageSize {
    let sizes = training.map { ImageSize(height: $0.header.height, width: $0.header.width) }
    return sizes.sorted { $0.height * $1.width < $1.height * $0.width }[sizes.count / 2]
  }

  /// Decodes all images. Those of one size stay in it unless they are larger than `side`×`side`; others are resized to that, as
  /// training would do it. Throws ``DatasetError``.
  func load(name: String, side: Int) throws(DatasetError) -> Dataset {
    let first = training[0].header
    let isOneSize = (training + test).allSatisfy { $0.header.width == first.width && $0.header.height == first.height }
    let stays = isOneSize && first.width * first.height <= side * side
    let (height, width) = stays ? (first.height, first.width) : (side, side)
    let bytes = (training.count + test.count) * channels * height * width
    guard bytes <= Self.byteLimit else { throw .tooManyBytes(path: path, bytes: bytes, limit: Self.byteLimit) }
    let channels = channels
    return Dataset(
      name: name, training: try set(training, channels, height, width), test: try set(test, channels, height, width),
      digests: digests, classNames: classNames, typicalSize: typicalSize)
  }

  private func set(_ files: [File], _ channels: Int, _ height: Int, _ width: Int) throws(DatasetError) -> ImageSet {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(files.count * channels * height * width)
    for file in files {
      let data = try content(file.path)
      guard sha256Hex(data) == file.digest else { throw .changedWhileRead(path: full(file.path)) }
      let image: PixelImage
      do throws(ImageError) { image = try PixelImage(data) } catch { throw .image(path: full(file.path), error) }
      pixels += image.converted(toChannels: channels).resized(height: height, width: width).pixels
    }
    return ImageSet(
      channels: channels, height: height, width: width, pixels: pixels, labels: files.map { UInt8($0.label) },
      classes: classNames.count, files: files.map(\.path))
  }
}

extension PixelImage {
  /// The image with other sides, each channel by ``BilinearResize``; what is not square is squeezed.
  public func resized(height wantedHeight: Int, width wantedWidth: Int) -> PixelImage {
    guard wantedHeight != height || wantedWidth != width else { return self }
    let resize = BilinearResize(height: height, width: width, outHeight: wantedHeight, outWidth: wantedWidth)
    var result: [UInt8] = []
    for channel in 0..<channels {
      result += resize(Array(pixels[channel * height * width..<(channel + 1) * height * width]))
    }
    return PixelImage(width: wantedWidth, height: wantedHeight, channels: channels, pixels: result)
  }
}

/// Refuses a folder that was named with `--data` for the files of a data set and is none, whether its files are needed or not.
///
/// Throws ``DatasetError``.
public func checkDataFolder(_ path: String, ofDataset name: String) throws(DatasetError) {
  guard !path.isEmpty else { throw .folderUnnamed }
  do { try checkFolder(path, name: name) } catch {
    // There is a package of its files.
    guard name == "fashion-mnist", case .folderMissing = error else { throw error }
    throw .missing(name: name, files: IDXFile.allCases.map(\.rawValue), places: [path], isPackaged: true)
  }
}

/// Throws where a folder that was named is none.
func checkFolder(_ path: String, name: String) throws(DatasetError) {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
    throw .folderMissing(name: name, path: path)
  }
  guard isFolder.boolValue else { throw .notAFolder(name: name, path: path) }
}
