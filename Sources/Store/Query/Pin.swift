import Digests
import Files
import Foundation

/// Something outside the store's runs that rests on some of them: a report that was woven, an archive. While it is there its
/// runs are not removed. The truth is a file of its own, `pins/<digest of the path>.json` in the store.
public struct Pin: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable {
    case report, archive
  }

  public var kind: Kind
  /// Of the page or the archive's folder, from the root; a pin whose path is gone holds nothing.
  public var path: String
  public var runs: [String]

  public init(kind: Kind, path: String, runs: [String]) {
    self.kind = kind
    self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    self.runs = runs
  }
}

extension Store {
  /// Keeps a pin in the place of an earlier one for the same path. Throws ``StoreError``.
  public func keep(_ pin: Pin) throws(StoreError) {
    let path = "\(directory)/pins/\(sha256Hex(pin.path).prefix(16)).json"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      try makeDirectory("\(directory)/pins")
      try writeFileAtomically(path, try encoder.encode(pin))
    } catch let error as FileError { throw .file(error) } catch {
      throw .notWritable(path: path, reason: "\(error)")
    }
  }

  /// The pins whose reports and archives are still there; files that are none are passed over.
  public func pins() -> [Pin] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/pins"))?.sorted() ?? []
    return names.filter { $0.hasSuffix(".json") }.compactMap { name in
      guard let data = try? readFile("\(directory)/pins/\(name)"),
        let pin = try? JSONDecoder().decode(Pin.self, from: data), FileManager.default.fileExists(atPath: pin.path)
      else { return nil }
      return pin
    }
  }
}
