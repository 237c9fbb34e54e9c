public import Configurations
import ExactJSON
import Files

/// The table of keys in the documentation, in Markdown.
public func keyTable(_ table: ConfigurationTable = .standard) -> String {
  let head = "| key | values | default | column and field | meaning |\n|---|---|---|---|---|"
  let rows = table.keys.filter(\.isWritable).map { key in
    let names = ([key.name] + key.aliases).map { "`\($0)`" }.joined(separator: ", ")
    let standard =
      key.isOptional ? key.text(TrialConfiguration()) : "`\(key.text(TrialConfiguration()))`"
    let cells = [names, values(key.kind), standard, key.column.map { "`\($0.name)`" } ?? "", key.help]
    return "| \(cells.joined(separator: " | ")) |"
  }
  return ([head] + rows).joined(separator: "\n") + "\n"
}

private func values(_ kind: ConfigurationKey.Kind) -> String {
  switch kind {
  case .whole(let range): "\(range.lowerBound) to \(range.upperBound)"
  case .unsigned: "0 to 2⁶⁴ − 1"
  case .number(let range): range.demand
  case .truth: "`true`, `false`"
  case .path: "a folder"
  case .choice(_, let words): words.map { "`\($0)`" }.joined(separator: ", ")
  case .blocks: "`[[1, 64], …]`"
  case .group: "a mapping"
  }
}
