import Foundation
import Networks
import Text

/// Which fields differ between two canonical texts: `training.learning_rate 0.05 → 0.02`.
public func configurationDifferences(
  from old: String, to new: String, _ table: ConfigurationTable = .standard
) -> [String] {
  let before = configurationFields(old, table)
  let after = configurationFields(new, table)
  let names = table.keys.map(\.name)
  let keys = names + Set(before.keys).union(after.keys).subtracting(names).sorted()
  return keys.compactMap { key in
    let was = before[key] ?? "none"
    let now = after[key] ?? "none"
    guard was != now else { return nil }
    return key == "dataset.data" ? "data \(was.prefix(12)) → \(now.prefix(12))" : "\(key) \(was) → \(now)"
  }
}

/// The values of a canonical text by their dotted keys, as people read them, with what the text leaves out as default.
///
/// Of a text that another version has written what can be read of it.
public func configurationFields(_ text: String, _ table: ConfigurationTable = .standard) -> [String: String] {
  if let configuration = try? TrialConfiguration(canonicalText: text, table) {
    return Dictionary(uniqueKeysWithValues: table.facts(configuration))
  }
  return (try? JSONDecoder().decode(JSONTree.self, from: Data(text.utf8)))?.leaves ?? [:]
}
