import Foundation

/// The names that `loadDataset(named:path:environment:)` knows.
public let datasetNames = ["fashion-mnist", "idx-folder", "image-folder", "cifar-10", "synthetic"]

/// The shape of the images of a data set whose name says it, and its classes; nil for one of one's own.
public func knownShape(ofDataset name: String) -> (channels: Int, classes: Int)? {
  switch name {
  case "fashion-mnist", "synthetic": (1, 10)
  case "cifar-10": (3, 10)
  default: nil
  }
}

/// A data set by its name.
///
/// `fashion-mnist` is looked for in `path` alone if given; otherwise in the folder that VGGLAB_DATA names, in
/// `fashion-mnist` of the XDG data folder, and where Debian's package puts it. `idx-folder` is four files of the same
/// names in `path`, of one's own. In each of these folders the files may also be where torchvision puts them
/// (`FashionMNIST/raw`). `image-folder` is a subfolder of PNG and JPEG files a class, and `cifar-10` the six binary files of
/// CIFAR-10. `synthetic` is generated. Images of different sizes are resized to `side`×`side` pixels. Throws ``DatasetError``.
public func loadDataset(
  named name: String, path: String?, side: Int = 224, environment: [String: String]
) throws(DatasetError) -> Dataset {
  switch name {
  case "fashion-mnist":
    let places = path.map { [$0] } ?? fashionMNISTPlaces(environment)
    for folder in places.flatMap({ layouts($0, torchvision: "FashionMNIST") }) {
      if var found = try readIDXFolder(
        folder, name: name, classNames: ClassNames.fashionMNIST, expected: fashionMNISTDigests)
      {
        found.folder = folder
        return found
      }
    }
    throw .missing(name: name, files: IDXFile.allCases.map(\.rawValue), places: places, isPackaged: true)
  case "idx-folder":
    guard let path else { throw .pathNeeded(name: name) }
    for folder in idxLayouts(path) { if let found = try readIDXFolder(folder, name: name) { return found } }
    try checkFolder(path, name: name)
    throw .missing(name: name, files: IDXFile.allCases.map(\.rawValue), places: [path], isPackaged: false)
  case "image-folder":
    guard let path else { throw .pathNeeded(name: name) }
    return try ImageFolder(path, name: name).load(name: name, side: side)
  case "cifar-10":
    guard let path else { throw .pathNeeded(name: name) }
    for folder in CIFAR10.layouts(path) { if let found = try CIFAR10.read(folder, name: name) { return found } }
    try checkFolder(path, name: name)
    throw CIFAR10.otherForm(path)
      ?? .missing(
        name: name, files: CIFAR10.trainingFiles + [CIFAR10.testFile], places: CIFAR10.layouts(path), isPackaged: false)
  case "synthetic": return syntheticDataset(training: SyntheticSize.training, test: SyntheticSize.test)
  default: throw .unknown(name: name)
  }
}

/// How many images a data set has, and of what shape. `digest` names the content of one's own data.
public struct AvailableImages: Sendable, Hashable {
  /// Training images.
  public var training: Int
  /// Test images.
  public var test: Int
  /// The digest of one's own data; nil for a data set whose name says what it is.
  public var digest: String?
  /// Of an image.
  public var channels = 1
  /// Of the labels.
  public var classes = 10
  /// The bytes that an image takes in memory; nil where that depends on the size that it is resized to.
  public var imageBytes: Int? = 784

  /// What a data set that was read has.
  public init(_ dataset: Dataset) {
    self.init(
      training: dataset.training.count, test: dataset.test.count, digest: dataset.digest,
      channels: dataset.training.channels, classes: dataset.training.classes, imageBytes: dataset.training.imageBytes)
  }

  /// What a data set has.
  public init(
    training: Int, test: Int, digest: String? = nil, channels: Int = 1, classes: Int = 10, imageBytes: Int? = 784
  ) {
    self.training = training
    self.test = test
    self.digest = digest
    self.channels = channels
    self.classes = classes
    self.imageBytes = imageBytes
  }
}

/// How many images a data set has; one's own is read for it. nil for a name that is not known.
///
/// Throws ``DatasetError`` for data of one's own that cannot be read.
public func availableImages(
  named name: String, path: String?, environment: [String: String]
) throws(DatasetError) -> AvailableImages? {
  switch name {
  // Its files are held against their digests: no others are read.
  case "fashion-mnist": return AvailableImages(training: 60_000, test: 10_000)
  case "synthetic": return AvailableImages(training: SyntheticSize.training, test: SyntheticSize.test)
  case "idx-folder", "cifar-10":
    return AvailableImages(try loadDataset(named: name, path: path, environment: environment))
  case "image-folder":
    guard let path else { throw .pathNeeded(name: name) }
    // Which half and class each file is in; they are decoded when they are loaded.
    let folder = try ImageFolder(path, name: name)
    return AvailableImages(
      training: folder.training.count, test: folder.test.count, digest: Dataset.digest(of: folder.digests),
      channels: folder.channels, classes: folder.classNames.count, imageBytes: nil)
  default: return nil
  }
}

/// The size of the generated data set.
private enum SyntheticSize {
  static let training = 2048
  static let test = 512
}

/// The folders that IDX files of one's own may be in, where somebody names one: torchvision's are among them.
func idxLayouts(_ path: String) -> [String] {
  [path, "\(path)/raw"] + ["MNIST", "KMNIST", "QMNIST", "EMNIST", "FashionMNIST"].map { "\(path)/\($0)/raw" }
}

/// The folders that a data set's files may be in, where somebody names one.
private func layouts(_ folder: String, torchvision: String) -> [String] {
  [folder, "\(folder)/raw", "\(folder)/\(torchvision)/raw"]
}

/// Where Fashion-MNIST may be, in the order it is looked for.
private func fashionMNISTPlaces(_ environment: [String: String]) -> [String] {
  var places: [String] = []
  if let named = environment["VGGLAB_DATA"], !named.isEmpty { places.append(named) }
  if let xdg = environment["XDG_DATA_HOME"], xdg.hasPrefix("/") {
    places.append("\(xdg)/fashion-mnist")
  } else if let home = environment["HOME"], !home.isEmpty {
    places.append("\(home)/.local/share/fashion-mnist")
  }
  places.append("/usr/share/datasets/fashion-mnist")
  return places
}

/// SHA-256 of the unpacked files of Fashion-MNIST.
///
/// Source: Xiao, Rasul & Vollgraf 2017, https://github.com/zalandoresearch/fashion-mnist
let fashionMNISTDigests: [IDXFile: String] = [
  .trainingImages: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
  .trainingLabels: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
  .testImages: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
  .testLabels: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
]
