import Yams

/// Takes over the parser's tree, counting what aliases make of it.
struct YAMLConversion {
  let source: SourceText
  /// Scalars that are not the file's.
  let inserted: Set<Unicode.Scalar>
  /// From places in the parser's text to those of the file.
  let original: (Place) -> Place
  private(set) var problems: [YAMLProblem] = []
  private var nodes = 0

  init(source: SourceText, inserted: Set<Unicode.Scalar>, original: @escaping (Place) -> Place) {
    self.source = source
    self.inserted = inserted
    self.original = original
  }

  mutating func convert(_ node: Node, depth: Int) throws(Failure) -> YAMLNode {
    let place = original(node.mark.map { Place($0) } ?? Place(1, 1))
    nodes += 1
    guard nodes <= YAMLLimit.nodes else {
      throw Failure(place: place, message: "aliases make more than \(YAMLLimit.nodes) values of this file")
    }
    guard depth <= YAMLLimit.depth else { throw Failure(place: place, message: Failure.depth) }
    let content: YAMLNode.Content
    switch node {
    case .scalar(let scalar):
      content = .scalar(
        source.restored(scalar.string, without: inserted), plain: scalar.style == .plain || scalar.style == .any)
    case .sequence(let sequence):
      var items: [YAMLNode] = []
      for item in sequence { items.append(try convert(item, depth: depth + 1)) }
      content = .sequence(items)
    case .mapping(let mapping): content = .mapping(try entries(mapping, place, depth))
    case .alias:
      throw Failure(place: place, message: "aliases are not read; write the value out")
    }
    return YAMLNode(content: content, line: place.line, column: place.column)
  }

  private mutating func entries(
    _ mapping: Node.Mapping, _ place: Place, _ depth: Int
  ) throws(Failure) -> [YAMLNode.Entry] {
    var entries: [YAMLNode.Entry] = []
    var lines: [String: Int] = [:]
    var merged: [YAMLNode] = []
    for (key, value) in mapping {
      let keyPlace = key.mark.map { original(Place($0)) } ?? place
      guard case .scalar(let scalar) = key else {
        throw Failure(place: keyPlace, message: "a key must be a plain word")
      }
      let name = source.restored(scalar.string, without: inserted)
      if let line = lines[name] {
        problems.append(
          YAMLProblem(
            line: keyPlace.line, column: keyPlace.column,
            message: "key \"\(shortened(name))\" is doubled: line \(line) has it already"))
        continue
      }
      lines[name] = keyPlace.line
      let converted = try convert(value, depth: depth + 1)
      if name == "<<", scalar.style == .plain {
        merged += mappings(of: converted, keyPlace)
      } else {
        entries.append(
          YAMLNode.Entry(key: name, line: keyPlace.line, column: keyPlace.column, value: converted))
      }
    }
    // The mapping's own keys win, and of several merged mappings the earlier one.
    for case .mapping(let others) in merged.map(\.content) {
      for entry in others where lines.updateValue(entry.line, forKey: entry.key) == nil { entries.append(entry) }
    }
    return entries
  }

  /// What a merge key names: a mapping or a list of them.
  private mutating func mappings(of node: YAMLNode, _ place: Place) -> [YAMLNode] {
    let nodes: [YAMLNode]
    if case .sequence(let items) = node.content { nodes = items } else { nodes = [node] }
    return nodes.filter { node in
      if case .mapping = node.content { return true }
      problems.append(
        YAMLProblem(
          line: place.line, column: place.column,
          message: "<< merges \(node.kind); a mapping was expected, such as <<: *name with &name at a mapping above"))
      return false
    }
  }
}
