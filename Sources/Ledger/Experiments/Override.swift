import Configurations
import ExactJSON
import Files
import PositionedYAML
import Text

/// One `--set key=value`.
func readOverride(_ text: String, _ table: ConfigurationTable) throws(ExperimentError) -> Level {
  let known = table.writableNames
  guard let equals = text.firstIndex(of: "=") else {
    throw .override(
      text, reason: "write key=value, such as \(known.contains(text) ? "\(text)=1" : "training.epochs=2")")
  }
  let name = text[..<equals].split(separator: " ").joined(separator: " ")
  guard let key = table[name], key.isWritable else {
    throw .override(text, reason: "there is no key \"\(shortened(name))\"; \(remedy(for: name, known))")
  }
  let value = String(text[text.index(after: equals)...])
  let bare = value.split(separator: " ").joined(separator: " ")
  if bare.isEmpty, !key.isOptional {
    throw .override(text, reason: "\(key.name) is empty, and it must have a value; leave the option out for the file's")
  }
  do {
    let root: YAMLNode
    switch key.kind {
    case _ where bare.isEmpty: root = YAMLNode(content: .scalar("", plain: true), line: 1, column: 1)
    // Any text is meant as it is, whatever YAML would make of it.
    case .path: root = YAMLNode(content: .scalar(value, plain: false), line: 1, column: 1)
    case .choice: root = YAMLNode(content: .scalar(bare, plain: false), line: 1, column: 1)
    default: root = try parseYAML(value, file: "--set").root
    }
    let reader = YAMLReader(YAMLDocument(file: "--set", text: value, root: root))
    let level = Level(dotted: name, reader.document.root, table, reader, option: text)
    try reader.finish()
    return level
  } catch {
    throw .override(text, reason: error.problems.map(\.message).joined(separator: "; "))
  }
}

/// The key that was probably meant: by its last part alone, or by its letters.
private func remedy(for name: String, _ known: [String]) -> String {
  if !name.contains(".") {
    let named = known.filter { $0.hasSuffix(".\(name)") }
    if !named.isEmpty { return "did you mean \(named.map { "\"\($0)\"" }.joined(separator: " or "))?" }
    let shortNames = Dictionary(known.map { (String($0.split(separator: ".").last!), $0) }) { first, _ in first }
    if let short = nearest(to: name, among: shortNames.keys.sorted()) {
      return "did you mean \"\(shortNames[short]!)\"?"
    }
  }
  if let near = nearest(to: name, among: known) { return "did you mean \"\(near)\"?" }
  let section = known.filter { $0.hasPrefix("\(name.prefix { $0 != "." }).") }
  return "known are \((section.isEmpty ? known : section).joined(separator: ", "))"
}
