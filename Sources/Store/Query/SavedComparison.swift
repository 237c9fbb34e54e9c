import Files
import Foundation

/// A comparison that was kept: which runs, and what it was to tell. It pins its runs. The truth is a file of its own,
/// `comparisons/<name>.json` in the store.
public struct SavedComparison: Sendable, Hashable, Codable {
  public var name: String
  public var question: String
  public var saved_at: String
  public var runs: [String]

  public init(name: String, question: String, savedAt: String, runs: [String]) {
    self.name = name
    self.question = question
    saved_at = savedAt
    self.runs = runs
  }
}

extension Store {
  /// Keeps a comparison. Throws ``StoreError``: a name that is no file's, or that is taken.
  public func save(_ comparison: SavedComparison) throws(StoreError) {
    let path = try comparisonPath(comparison.name)
    if FileManager.default.fileExists(atPath: path) { throw .comparisonExists(comparison.name) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      try makeDirectory("\(directory)/comparisons")
      try writeFileAtomically(path, try encoder.encode(comparison))
    } catch let error as FileError { throw .file(error) } catch {
      throw .notWritable(path: path, reason: "\(error)")
    }
  }

  /// The comparison that was kept under a name. Throws ``StoreError``.
  public func comparison(named name: String) throws(StoreError) -> SavedComparison {
    let path = try comparisonPath(name)
    guard let data = try? readFile(path), let comparison = try? JSONDecoder().decode(SavedComparison.self, from: data)
    else { throw .noSuchComparison(name, known: comparisons().map(\.name)) }
    return comparison
  }

  /// All comparisons that were kept, by name; files that are none are passed over.
  public func comparisons() -> [SavedComparison] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/comparisons"))?.sorted() ?? []
    return names.filter { $0.hasSuffix(".json") }.compactMap { name in
      guard let data = try? readFile("\(directory)/comparisons/\(name)") else { return nil }
      return try? JSONDecoder().decode(SavedComparison.self, from: data)
    }
  }

  /// Letters, digits, dashes and underscores alone, so that a name is never a path.
  private func comparisonPath(_ name: String) throws(StoreError) -> String {
    let isGood =
      (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
      }
    guard isGood else { throw .badComparisonName(name) }
    return "\(directory)/comparisons/\(name).json"
  }
}
