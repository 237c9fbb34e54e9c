import Files
import Foundation

/// The most classes that a data set may have: a label is a byte.
public let classLimit = 256

/// The names of the classes of well-known data sets.
public enum ClassNames {
  /// Fashion-MNIST's, as d2l and torchvision write them.
  public static let fashionMNIST = [
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
  ]

  /// CIFAR-10's.
  public static let cifar10 = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  private static let digits = (0...9).map { "\($0)" }
  private static let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map { "\($0)" }
  private static let small = "abcdefghijklmnopqrstuvwxyz".map { "\($0)" }
  private static let merged = digits + capitals + "abdefghnqrt".map { "\($0)" }

  /// By folder names without case, dashes and underscores.
  private static let byFolder: [String: [String]] = [
    "mnist": digits, "qmnist": digits, "emnistdigits": digits, "emnistmnist": digits,
    "fashionmnist": fashionMNIST,
    "kmnist": ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
    // Their labels begin at 1.
    "emnistletters": ["none"] + small,
    "emnistbalanced": merged, "emnistbymerge": merged, "emnistbyclass": digits + capitals + small,
  ]

  /// The names that follow from the name of a folder, or of one that it is in; nil where none is known.
  static func ofFolder(_ path: String) -> [String]? {
    let whole = URL(fileURLWithPath: path).standardizedFileURL.path
    for component in whole.split(separator: "/").reversed().prefix(3) {
      let key = component.lowercased().filter { $0 != "-" && $0 != "_" }
      if let names = byFolder[key] { return names }
    }
    return nil
  }

  /// The names of a file, one a line; nil where there is no such file. Throws ``DatasetError``.
  static func read(_ folder: String, _ name: String) throws(DatasetError) -> [String]? {
    let path = "\(folder)/\(name)"
    let text: String
    do { text = try readText(path, limit: 1 << 20) } catch {
      if case .missing = error { return nil }
      throw .file(error)
    }
    // Some editors begin a file with a byte-order mark.
    let content = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    var names = content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    while names.last?.isEmpty == true { names.removeLast() }
    // A label is the number of its line.
    if let place = names.firstIndex(of: "") { throw .classNames(path: path, reason: "line \(place + 1) is empty") }
    if let place = names.firstIndex(where: { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } })
    {
      throw .classNames(path: path, reason: "line \(place + 1) has a control character")
    }
    guard (2...classLimit).contains(names.count) else {
      throw .classNames(path: path, reason: "it has \(names.count) names, and from 2 to \(classLimit) are possible")
    }
    if let long = names.first(where: { $0.utf8.count > 200 }) {
      throw .classNames(path: path, reason: "the name \(long.prefix(20))… has more than 200 bytes")
    }
    var seen: Set<String> = []
    if let twice = names.first(where: { !seen.insert($0).inserted }) {
      throw .classNames(path: path, reason: "it has the name \(twice) twice")
    }
    return names
  }
}
