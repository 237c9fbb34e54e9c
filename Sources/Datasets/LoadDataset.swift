import Foundation

/// The names that ``loadDataset(named:path:environment:)`` knows.
public let datasetNames = ["fashion-mnist", "idx-folder", "synthetic"]

/// A data set by its name.
///
/// `fashion-mnist` is looked for in `path` alone if given; otherwise in the folder that VGGLAB_DATA names, in
/// `fashion-mnist` of the XDG data folder, and where Debian's package puts it. `idx-folder` is four files of the same
/// names in `path`, of one's own. `synthetic` is generated. Throws ``DatasetError``.
public func loadDataset(
  named name: String, path: String?, environment: [String: String]
) throws(DatasetError) -> Dataset {
  switch name {
  case "fashion-mnist":
    let places = path.map { [$0] } ?? fashionMNISTPlaces(environment)
    for place in places {
      if let found = try readIDXFolder(place, name: name, classes: 10, expected: fashionMNISTDigests) { return found }
    }
    throw .missing(name: name, files: IDXFile.allCases.map(\.rawValue), places: places)
  case "idx-folder":
    guard let path else { throw .pathNeeded(name: name) }
    guard let found = try readIDXFolder(path, name: name, classes: 10) else {
      throw .missing(name: name, files: IDXFile.allCases.map(\.rawValue), places: [path])
    }
    return found
  case "synthetic": return syntheticDataset(training: 2048, test: 512)
  default: throw .unknown(name: name)
  }
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
private let fashionMNISTDigests: [IDXFile: String] = [
  .trainingImages: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
  .trainingLabels: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
  .testImages: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
  .testLabels: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
]
