import Foundation
import Networks
import Text

extension TrialConfiguration {
  /// The configuration with every default filled in, as one line of JSON with sorted keys.
  ///
  /// Neither names, folders nor thread counts are in it, but those that a measurement is about: two trials that compute
  /// the same have the same text.
  public func canonicalText(_ table: ConfigurationTable = .standard) -> String {
    let changed = Set(
      table.keys.filter { $0.canonical == .unlessSectionDefault && $0.get(self) != $0.defaultValue }.map(\.section))
    var root = Branch()
    for key in table.keys {
      let value = key.get(self)
      switch key.canonical {
      case .never: continue
      case .always: break
      case .unlessDefault: if value == key.defaultValue { continue }
      case .unlessSectionDefault: if !changed.contains(key.section) { continue }
      }
      // What excludes this key says it all; what is in a group without a value is not there either.
      if value == nil, let other = key.excludes.flatMap({ table[$0] }), other.get(self) != nil { continue }
      if let group = table.group(of: key), group.get(self) == nil { continue }
      if key.kind == .group, value != nil { continue }
      root.put(value?.json ?? "null", at: key.name.split(separator: ".").map(String.init)[...])
    }
    return root.json
  }

  /// A configuration that ``canonicalText(_:)`` has written.
  ///
  /// Throws ``ConfigurationTextError``.
  public init(canonicalText text: String, _ table: ConfigurationTable = .standard) throws(ConfigurationTextError) {
    let tree: JSONTree
    do { tree = try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8)) } catch { throw .notJSON }
    self.init()
    var left = Set(tree.leaves.keys)
    for key in table.keys {
      let found = tree[key.name.split(separator: ".").map(String.init)[...]]
      left = left.filter { $0 != key.name && !(key.kind == .blocks && $0.hasPrefix("\(key.name).")) }
      switch found {
      case nil:
        let isReplaced = key.excludes.map { tree[$0.split(separator: ".").map(String.init)[...]] != nil } ?? false
        if key.canonical == .always, !isReplaced { throw .missing(key: key.name) }
      case .null: key.set(&self, nil)
      case .some(let value):
        guard let converted = value.value(key.kind) else { throw .notAValue(key: key.name) }
        key.set(&self, converted)
      }
    }
    if let unknown = left.sorted().first { throw .unknown(key: unknown) }
  }
}

/// Why a text is not a canonical configuration.
public enum ConfigurationTextError: Error, Hashable, Sendable, CustomStringConvertible {
  case notJSON
  case missing(key: String)
  case notAValue(key: String)
  case unknown(key: String)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .notJSON: "the configuration is not JSON"
    case .missing(let key): "the configuration has no \(key)"
    case .notAValue(let key): "the configuration has an invalid value of \(key)"
    case .unknown(let key): "the configuration has the key \(key), which this vgglab does not know; update vgglab"
    }
  }
}

/// What is written under a key: a value's text or other keys.
private struct Branch {
  private var leaves: [String: String] = [:]
  private var branches: [String: Branch] = [:]

  mutating func put(_ json: String, at path: ArraySlice<String>) {
    guard let first = path.first else { return }
    if path.count == 1 {
      leaves[first] = json
    } else {
      branches[first, default: Branch()].put(json, at: path.dropFirst())
    }
  }

  var json: String {
    let members = leaves.merging(branches.mapValues(\.json)) { $1 }
    return "{\(members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}"
  }
}

/// JSON whose whole numbers keep their 64 bits.
enum JSONTree: Decodable {
  case null
  case truth(Bool)
  case unsigned(UInt64)
  case whole(Int)
  case number(Double)
  case text(String)
  case array([JSONTree])
  case object([String: JSONTree])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .truth(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .unsigned(value)
    } else if let value = try? container.decode(Int.self) {
      self = .whole(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let values = try? container.decode([JSONTree].self) {
      self = .array(values)
    } else {
      self = .object(try container.decode([String: JSONTree].self))
    }
  }

  subscript(_ path: ArraySlice<String>) -> JSONTree? {
    guard let first = path.first else { return self }
    guard case .object(let members) = self else { return nil }
    return members[first]?[path.dropFirst()]
  }

  /// The values that are no objects, by their dotted paths, as people read them.
  var leaves: [String: String] {
    var leaves: [String: String] = [:]
    func visit(_ tree: JSONTree, _ path: String) {
      if case .object(let members) = tree {
        for (key, child) in members { visit(child, path.isEmpty ? key : "\(path).\(key)") }
      } else {
        leaves[path] = tree.description
      }
    }
    visit(self, "")
    return leaves
  }

  private var description: String {
    switch self {
    case .null: "none"
    case .truth(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .whole(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value
    case .array(let values): "[\(values.map(\.description).joined(separator: ", "))]"
    case .object: "…"
    }
  }

  /// As a value of a key; nil where it is none, or outside the key's range.
  func value(_ kind: ConfigurationKey.Kind) -> ConfigurationValue? {
    switch (kind, self) {
    case (.whole(let range), .unsigned(let value)):
      Int(exactly: value).flatMap { range.contains($0) ? .whole($0) : nil }
    case (.whole(let range), .whole(let value)): range.contains(value) ? .whole(value) : nil
    case (.unsigned, .unsigned(let value)): .unsigned(value)
    case (.number(let range), .unsigned(let value)): number(Double(value), range)
    case (.number(let range), .whole(let value)): number(Double(value), range)
    case (.number(let range), .number(let value)): number(value, range)
    case (.truth, .truth(let value)): .truth(value)
    case (.path, .text(let value)): .text(value)
    case (.choice(_, let words), .text(let value)): words.contains(value) ? .text(value) : nil
    case (.blocks, .array(let values)): blocks(values).map { .blocks($0) }
    case (.group, .object): .truth(true)
    default: nil
    }
  }

  private func number(_ value: Double, _ range: NumberRange) -> ConfigurationValue? {
    range.contains(value) ? .number(value) : nil
  }

  private func blocks(_ values: [JSONTree]) -> [Block]? {
    guard ConfigurationKey.blockCounts.contains(values.count) else { return nil }
    var blocks: [Block] = []
    for value in values {
      guard case .array(let pair) = value, pair.count == 2, case .unsigned(let convolutions) = pair[0],
        case .unsigned(let channels) = pair[1], let convolutions = Int(exactly: convolutions),
        let channels = Int(exactly: channels), ConfigurationKey.blockConvolutions.contains(convolutions),
        ConfigurationKey.blockChannels.contains(channels)
      else { return nil }
      blocks.append(Block(convolutions, channels))
    }
    return blocks
  }
}
