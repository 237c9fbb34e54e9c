import Digests
import Files
import Foundation
import Journals

/// Something outside the store's runs that rests on some of them: a report that was built, an archive. While it is there its
/// runs are not removed. The truth is a file of its own, `pins/<digest of the path>.json` in the store.
public struct Pin: Sendable, Hashable, Codable {
  /// What uses the runs.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// A report's page, and an archive's folder.
    case report, archive
  }

  /// What uses the runs.
  public var kind: Kind
  /// Of the page or the archive's folder, from the root; a pin whose path is gone holds nothing.
  public var path: String
  /// The runs that it uses.
  public var runs: [String]

  /// A pin of a report or an archive.
  public init(kind: Kind, path: String, runs: [String]) {
    self.kind = kind
    self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    self.runs = runs
  }
}

extension Store {
  /// Keeps a pin in the place of an earlier one for the same path. Throws ``StoreError``.
  public func keep(_ pin: Pin) throws(StoreError) {
    let name = "\(sha256Hex(pin.path).prefix(16)).json"
    try keep(pin, name, in: StoreFolder.pins)
  }

  /// The pins whose reports and archives are still there; files that are none are skipped.
  public func pins() -> [Pin] {
    kept(Pin.self, in: StoreFolder.pins).filter { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// Keeps a value as a JSON file of the store. Throws ``StoreError``.
  func keep(_ value: some Encodable, _ file: String, in name: PlainName) throws(StoreError) {
    guard let file = PlainName(file) else { preconditionFailure("'\(file)' is not a file name") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let data: Data
    do { data = try encoder.encode(value) } catch {
      throw .notWritable(path: "\(directory)/\(name)", reason: "\(error)")
    }
    try filing { () throws(FileError) in
      let store = try Folder(directory)
      try store.folder(making: name, mode: store.permissions ?? StoreFolder.mode).write(file, data)
    }
  }

  /// The values of all JSON files of a folder of the store, by the files' names; files that are none are skipped.
  func kept<T: Decodable>(_ type: T.Type, in name: PlainName) -> [T] {
    guard let folder = try? Folder(directory).folder(name), let names = try? folder.names() else { return [] }
    return names.filter { $0.hasSuffix(".json") }.compactMap { name in
      guard let file = PlainName(name), let data = try? folder.read(file) else { return nil }
      return try? JSONDecoder().decode(type, from: data)
    }
  }
}
