import Configurations
import ExactJSON
import Files
import Networks
import PositionedYAML

/// A value and where it was written.
struct Located<Value> {
  var value: Value
  var line: Int
  var column: Int
  /// The `--set` that it was written in; nil for the file.
  var option: String?

  init(_ value: Value, _ node: YAMLNode, option: String? = nil) {
    self.value = value
    line = node.line
    column = node.column
    self.option = option
  }
}

/// What one level of an experiment file (its top, a trial, a profile, a sweep's point, `--set`) says of a configuration.
struct Level {
  /// By the keys' dotted names; a value of nil takes away what an earlier level has said.
  private(set) var values: [String: Located<ConfigurationValue?>] = [:]

  init() {}

  /// Reads the table's sections among a mapping's entries.
  init(_ entries: [String: YAMLNode.Entry], _ table: ConfigurationTable, _ reader: YAMLReader, option: String? = nil) {
    for section in table.sections {
      if let entry = entries[section] { read(entry.value, inside: section, table, reader, option) }
    }
  }

  /// Reads one value under a dotted key, such as `training.seed`.
  init(
    dotted key: String, _ value: YAMLNode, _ table: ConfigurationTable, _ reader: YAMLReader, option: String? = nil
  ) {
    var node = value
    let parts = key.split(separator: ".").map(String.init)
    for part in parts.dropFirst().reversed() {
      let entry = YAMLNode.Entry(key: part, line: value.line, column: value.column, value: node)
      node = YAMLNode(content: .mapping([entry]), line: value.line, column: value.column)
    }
    let entry = YAMLNode.Entry(key: parts[0], line: value.line, column: value.column, value: node)
    self.init([parts[0]: entry], table, reader, option: option)
  }

  private mutating func read(
    _ node: YAMLNode, inside prefix: String, _ table: ConfigurationTable, _ reader: YAMLReader, _ option: String?
  ) {
    guard let entries = reader.mapping(node, prefix, known: table.names(inside: prefix)) else { return }
    var seen: [String: YAMLNode.Entry] = [:]
    for entry in entries.values.sorted(by: { ($0.line, $0.column) < ($1.line, $1.column) }) {
      guard let key = table["\(prefix).\(entry.key)"] else { continue }
      if let other = seen[key.name] ?? key.excludes.flatMap({ seen[$0] }) {
        reader.report(
          line: entry.line, column: entry.column,
          "\(prefix) has both \(other.key) and \(entry.key); write one of them")
        continue
      }
      seen[key.name] = entry
      if key.isOptional, entry.value.isNull {
        values[key.name] = Located(nil, entry.value, option: option)
      } else if key.kind == .group {
        values[key.name] = Located(.truth(true), entry.value, option: option)
        read(entry.value, inside: key.name, table, reader, option)
      } else if let value = reader.value(entry.value, key) {
        values[key.name] = Located(value, entry.value, option: option)
      }
    }
  }

  /// What `other` says, and where it is silent what this one says.
  func overlaid(by other: Level, _ table: ConfigurationTable) -> Level {
    var result = self
    for (name, value) in other.values {
      if let excluded = table[name]?.excludes, value.value != nil { result.values[excluded] = nil }
      result.values[name] = value
      // A group that is taken away takes what is in it along.
      if value.value == nil { result.values = result.values.filter { !$0.key.hasPrefix("\(name).") } }
    }
    return result
  }

  /// With the defaults.
  func configuration(_ table: ConfigurationTable) -> TrialConfiguration {
    var configuration = TrialConfiguration()
    // In the table's order a group comes before what is in it.
    for key in table.keys {
      if let located = values[key.name] { key.set(&configuration, located.value) }
    }
    return configuration
  }
}

extension YAMLReader {
  /// A value of a configuration's key.
  func value(_ node: YAMLNode, _ key: ConfigurationKey) -> ConfigurationValue? {
    switch key.kind {
    case .whole(let range): integer(node, key.name, range).map { .whole($0) }
    case .unsigned: unsigned(node, key.name).map { .unsigned($0) }
    case .number(let range): number(node, key.name, range.demand, where: range.contains).map { .number($0) }
    case .truth: truth(node, key.name).map { .truth($0) }
    case .path: path(node, key.name).map { .text($0) }
    case .choice(let what, let words): choice(node, what, words).map { .text($0) }
    case .blocks: blocks(node, key.name).map { .blocks($0) }
    case .group: nil
    }
  }

  private func path(_ node: YAMLNode, _ name: String) -> String? {
    guard let text = string(node, name) else { return nil }
    if text.isEmpty || text.unicodeScalars.contains("\0") {
      report(node, "\(name) is \(node.shown); the name of a folder was expected")
      return nil
    }
    return text
  }

  private func blocks(_ node: YAMLNode, _ name: String) -> [Block]? {
    guard let items = sequence(node, name) else { return nil }
    var blocks: [Block] = []
    for item in items {
      guard case .sequence(let pair) = item.content, pair.count == 2 else {
        report(item, "a block is \(item.shown); write [convolutions, channels]")
        return nil
      }
      guard let convolutions = integer(pair[0], "a block's number of convolutions", ConfigurationKey.blockConvolutions),
        let channels = integer(pair[1], "a block's number of channels", ConfigurationKey.blockChannels)
      else { return nil }
      blocks.append(Block(convolutions, channels))
    }
    guard ConfigurationKey.blockCounts.contains(blocks.count) else {
      report(node, "\(name) has \(blocks.count) blocks; write from 1 to 16")
      return nil
    }
    return blocks
  }
}
