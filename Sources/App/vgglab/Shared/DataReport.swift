import Datasets
import Experiments
import Files
import Foundation
import Plots
import Text

/// What was found of a data set, for people and as JSON.
struct DataReport: Encodable {
  struct Class: Encodable {
    var name: String
    var train: Int
    var test: Int
  }
  struct ImageSize: Encodable {
    var width: Int
    var height: Int
    var images: Int
  }

  var name: String
  var path: String?
  var digest: String
  var files: [String: String]
  var train: Int
  var test: Int
  var channels: Int
  var sizes: [ImageSize]
  var mean: Double
  var border_mean: Double
  var classes: [Class]
  var notes: [String]

  init(_ found: FoundDataset) {
    let data = found.dataset
    (name, path) = (data.name, found.path)
    (digest, files) = (data.digest, data.digests)
    (train, test) = (data.training.count, data.test.count)
    channels = data.training.channels
    sizes = found.sizes.map { ImageSize(width: $0.width, height: $0.height, images: $0.count) }
    let brightness = Brightness(of: data.training)
    (mean, border_mean) = (brightness.mean, brightness.borderMean)
    let (trained, tested) = (Self.counts(data.training), Self.counts(data.test))
    classes = data.classNames.enumerated().map { Class(name: $1, train: trained[$0], test: tested[$0]) }
    notes = []
    if !found.isDivided {
      notes.append("there are no folders train and test: about every sixth image is tested on, chosen by its digest")
    }
    if sizes.count > 1 { notes.append("the images have \(sizes.count) sizes; each is resized to dataset.resize") }
    if found.otherFiles > 0 {
      notes.append(
        "\(found.otherFiles) \(found.otherFiles == 1 ? "file is" : "files are") not PNG or JPEG by name: not read")
    }
    if !found.otherFolders.isEmpty {
      notes.append(
        "not read, beside the folders that are trained and tested on: \(found.otherFolders.prefix(10).joined(separator: ", "))"
          + (found.otherFolders.count > 10 ? " and \(found.otherFolders.count - 10) more" : ""))
    }
    if found.inBothHalves > 0 {
      notes.append(
        "\(found.inBothHalves) of the test images \(found.inBothHalves == 1 ? "is also a training image" : "are also training images"): "
          + "the test accuracy will be too high")
    }
    for entry in classes where entry.train == 0 || entry.test == 0 {
      notes.append("class \(entry.name) has no \(entry.train == 0 ? "training" : "test") images")
    }
  }

  private static func counts(_ set: ImageSet) -> [Int] {
    var counts = [Int](repeating: 0, count: set.classes)
    for label in set.labels { counts[Int(label)] += 1 }
    return counts
  }

  var text: String {
    var shown = sizes.prefix(4).map {
      "\($0.width)x\($0.height)\(sizes.count > 1 ? " (\(Quantity.grouped($0.images)))" : "")"
    }
    if sizes.count > 4 { shown.append("and \(sizes.count - 4) more sizes") }
    var lines = [
      "data set    \(name)\(path.map { " in \($0)" } ?? "")",
      "images      \(Quantity.grouped(train)) to train on, \(Quantity.grouped(test)) to test on",
      "pixels      \(shown.joined(separator: ", ")), \(channels == 1 ? "gray" : "colors")",
      "brightness  mean \(Quantity.fixed(mean, 1)) of 255, \(Quantity.fixed(border_mean, 1)) at the edges",
      "digest      \(digest)",
    ]
    lines += files.sorted { $0.key < $1.key }.map { "            \($0.value.prefix(12))…  \($0.key)" }
    var table = TextTable([("label", .right), ("class", .left), ("train", .right), ("test", .right)])
    for (label, entry) in classes.enumerated() {
      table.add(["\(label)", entry.name, Quantity.grouped(entry.train), Quantity.grouped(entry.test)])
    }
    let before = lines.map { printable($0) } + ["", table.text]
    return (before + (notes.isEmpty ? [] : [""]) + notes.map { printable($0) }).joined(separator: "\n")
  }
}

/// What `doctor --data` looks at.
enum DataSource: Hashable, CustomStringConvertible {
  /// Fashion-MNIST where it usually is.
  case usual
  /// A folder, or an experiment file for the data sets that it names.
  case path(String)

  /// As `--help` has it.
  var description: String {
    switch self {
    case .usual: "Fashion-MNIST"
    case .path(let path): path
    }
  }

  /// The file or folder that was named.
  var inputs: [String] {
    switch self {
    case .usual: []
    case .path(let path): [path]
    }
  }
}

/// The data sets of a source. Throws ``DatasetError``, and ``ExperimentError`` for a file that cannot be read.
func findDatasets(_ source: DataSource) throws -> [FoundDataset] {
  let environment = ProcessInfo.processInfo.environment
  guard case .path(let named) = source else {
    return [try inspectDataset(named: "fashion-mnist", path: nil, side: 224, environment: environment)]
  }
  if ["yaml", "yml"].contains(pathExtension(named).lowercased()) || named == "-" {
    var found: [FoundDataset] = []
    var seen: Set<String> = []
    for trial in try readExperiment(file: named).trials {
      let data = trial.dataset
      guard seen.insert("\(data.name) \(data.path ?? "")").inserted else { continue }
      found.append(
        try inspectDataset(named: data.name, path: data.path, side: data.resize, environment: environment))
    }
    return found
  }
  let name = try detectDataset(in: named)
  return [try inspectDataset(named: name, path: named, side: 64, environment: environment)]
}

extension FoundDataset {
  /// The first images of each class, a row a class.
  func grid(perClass: Int = 8) -> ImageGrid {
    let data = dataset
    var places = [[Int]](repeating: [], count: data.training.classes)
    for (index, label) in data.training.labels.enumerated() where places[Int(label)].count < perClass {
      places[Int(label)].append(index)
    }
    let rows = zip(data.classNames, places).map { name, indices in
      ImageGrid.Row(
        name: name.isEmpty ? "(empty)" : name, cells: indices.map { ImageGrid.Cell(data.training.image($0)) })
    }
    return ImageGrid(
      title: path.map { "\(data.name): \(lastPathComponent($0))" } ?? data.name,
      subtitle: "\(Quantity.grouped(data.training.count)) training images; the first of each class",
      rows: rows, cellSide: data.training.classes > 40 ? 36 : 52)
  }
}
