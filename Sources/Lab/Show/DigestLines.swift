import Foundation

/// Canonical configurations compared.
enum Configuration {
  /// Which fields differ between two canonical texts: `training.learning_rate 0.05 → 0.02`.
  static func differences(from old: String, to new: String) -> [String] {
    let before = leaves(old)
    let after = leaves(new)
    return Set(before.keys).union(after.keys).sorted().compactMap { key in
      let was = before[key] ?? "none"
      let now = after[key] ?? "none"
      return was == now ? nil : "\(key) \(was) → \(now)"
    }
  }

  /// Its leaves, a line each: `training.seed: 0`.
  static func lines(_ text: String) -> [String] {
    leaves(text).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
  }

  /// The leaves of a JSON text by their dotted paths.
  static func leaves(_ text: String) -> [String: String] {
    guard let value = try? JSONSerialization.jsonObject(with: Data(text.utf8)) else { return [:] }
    var leaves: [String: String] = [:]
    func visit(_ value: Any, _ path: String) {
      if let object = value as? [String: Any] {
        for (key, child) in object { visit(child, path.isEmpty ? key : "\(path).\(key)") }
      } else if value is NSNull {
        leaves[path] = "none"
      } else if let data = try? JSONSerialization.data(
        withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
      {
        leaves[path] = String(decoding: data, as: UTF8.self)
      }
    }
    visit(value, "")
    return leaves
  }
}
