import Files
import Foundation
import Journals

/// A saved comparison: its runs and its question. It pins its runs. It is stored in a file,
/// `comparisons/<name>.json` in the store.
public struct SavedComparison: Sendable, Hashable, Codable {
  /// Also the name of its file.
  public var name: String
  /// What it was to show.
  public var question: String
  /// ISO 8601 in UTC.
  public var saved_at: String
  /// The ids of its runs.
  public var runs: [String]

  /// A comparison under a name.
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
    let file = try fileName(comparison.name)
    if (try? Folder(directory).folder(StoreFolder.comparisons))?.kind(of: file.text) != nil {
      throw .comparisonExists(comparison.name)
    }
    try keep(comparison, file.text, in: StoreFolder.comparisons)
  }

  /// The comparison that was kept under a name. Throws ``StoreError``.
  public func comparison(named name: String) throws(StoreError) -> SavedComparison {
    let file = try fileName(name)
    guard let data = try? Folder(directory).folder(StoreFolder.comparisons).read(file),
      let comparison = try? JSONDecoder().decode(SavedComparison.self, from: data)
    else { throw .noSuchComparison(name, known: comparisons().map(\.name)) }
    return comparison
  }

  /// Deletes the comparison that was kept under a name; its runs stay. Throws ``StoreError``.
  public func deleteComparison(named name: String) throws(StoreError) {
    _ = try comparison(named: name)
    let file = try fileName(name)
    try filing { () throws(FileError) in try Folder(directory).folder(StoreFolder.comparisons).remove(file) }
  }

  /// All comparisons that were kept, by name; files that are none are skipped.
  public func comparisons() -> [SavedComparison] { kept(SavedComparison.self, in: StoreFolder.comparisons) }

  /// Letters, digits, dashes and underscores alone, so that a name is never a path.
  private func fileName(_ name: String) throws(StoreError) -> PlainName {
    let isGood =
      (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
      }
    guard isGood, let file = PlainName("\(name).json") else { throw .badComparisonName(name) }
    return file
  }
}
