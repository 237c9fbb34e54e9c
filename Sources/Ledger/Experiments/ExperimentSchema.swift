public import Configurations
import ExactJSON
import Files
import PositionedYAML
import Text

/// The JSON schema of experiment files: what ``readExperiment(file:profile:overrides:only:table:)`` takes, for editors.
public func experimentSchema(_ table: ConfigurationTable = .standard) -> String {
  typealias Member = JSONValue.Member
  func reference(_ name: String) -> JSONValue { .object(["$ref": .text("#/$defs/\(name)")]) }
  let sections = table.sections.map { Member($0, reference($0)) }
  func closed(_ members: [Member], required: [String] = []) -> JSONValue {
    var object = [Member("type", .text("object")), Member("additionalProperties", .bool(false))]
    if !required.isEmpty { object.append(Member("required", .array(required.map { .text($0) }))) }
    return .object(object + [Member("properties", .object(members))])
  }
  func list(_ items: JSONValue, _ help: String, isFilled: Bool = true) -> JSONValue {
    .object(
      [Member("type", .text("array")), Member("description", .text(help))]
        + (isFilled ? [Member("minItems", .integer(1))] : []) + [Member("items", items)])
  }
  let name = reference("name")
  let text: JSONValue = .object(["type": .text("string")])
  let trial = closed(
    [Member("name", name)] + sections + [
      Member("priority", whole(-1000...1000, "Higher begins first.", default: .whole(0))),
      Member("after", list(text, "The trials that must be complete before it begins.", isFilled: false)),
    ], required: ["name"])
  let profile = closed(
    sections + [
      Member("only", list(text, "The trials that the profile has.")),
      Member(
        "trials",
        list(
          closed([Member("name", name)] + sections, required: ["name"]), "Changes of single trials.", isFilled: false)),
      Member("sweep", reference("sweep")),
    ])
  let top = closed(
    [
      Member("schema", .object(["const": .integer(1)])), Member("experiment", name),
      Member("question", .object(["type": .text("string"), "maxLength": .integer(2000)])),
    ] + sections + [
      Member("trials", list(reference("trial"), "Each overrides what it names.")), Member("sweep", reference("sweep")),
      Member(
        "profiles",
        .object(["type": .text("object"), "propertyNames": name, "additionalProperties": reference("profile")])),
      Member("cluster", reference("cluster")),
    ], required: ["schema", "experiment"])
  let sweep = closed(
    table.sweepableNames.map { key in
      Member(key, list(valueSchema(of: table[key]!, table, isSwept: true), "Every trial at each of these values."))
    })
  let definitions =
    [
      Member(
        "name",
        .object([
          "type": .text("string"), "maxLength": .integer(100),
          "pattern": .text("^(?!.*\\.\\.)[A-Za-z0-9_][A-Za-z0-9._-]*$"),
        ])), Member("trial", trial), Member("profile", profile), Member("sweep", sweep),
      Member("cluster", ClusterSettings.schema),
    ] + table.sections.map { Member($0, mapping(inside: $0, table)) }
  guard case .object(let members) = top else { return "" }
  let schema: JSONValue = .object(
    [
      Member("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
      Member("title", .text("A vgglab experiment")),
    ] + members + [Member("$defs", .object(definitions))])
  return schema.json(linesTo: 4)
}

/// The keys inside a section or group.
private func mapping(inside prefix: String, _ table: ConfigurationTable, help: String? = nil) -> JSONValue {
  let names = table.names(inside: prefix)
  var members: [JSONValue.Member] = []
  if let help { members.append(.init("description", .text(help))) }
  members += [.init("type", .text("object")), .init("additionalProperties", .bool(false))]
  // Each pair once.
  let exclusions = names.compactMap { name -> JSONValue? in
    guard let key = table["\(prefix).\(name)"], let other = key.excludes.flatMap({ table[$0] }), key.name < other.name
    else { return nil }
    return .object(["required": .array([.text(key.shortName), .text(other.shortName)])])
  }
  if !exclusions.isEmpty { members.append(.init("not", .object(["anyOf": .array(exclusions)]))) }
  members.append(
    .init(
      "properties",
      .object(names.map { .init($0, valueSchema(of: table["\(prefix).\($0)"]!, table, isSwept: false)) })))
  return .object(members)
}

/// What a key's value may be.
private func valueSchema(of key: ConfigurationKey, _ table: ConfigurationTable, isSwept: Bool) -> JSONValue {
  typealias Member = JSONValue.Member
  let help = isSwept ? nil : key.help
  let standard = isSwept || key.isOptional ? nil : key.defaultValue
  func object(_ members: [Member]) -> JSONValue {
    .object(
      members + (standard.map { [Member("default", json($0))] } ?? [])
        + (help.map { [Member("description", .text($0))] } ?? []))
  }
  // A key that may be without a value is taken back by null.
  let isOptional = key.isOptional && !isSwept
  func type(_ name: String) -> Member {
    Member("type", isOptional ? .array([.text(name), .text("null")]) : .text(name))
  }
  switch key.kind {
  case .whole(let range):
    return object([
      type("integer"), Member("minimum", .integer(Int64(range.lowerBound))),
      Member("maximum", .integer(Int64(range.upperBound))),
    ])
  case .unsigned: return object([type("integer"), Member("minimum", .integer(0))])
  case .number(let range):
    return object([
      type("number"), Member(range.excludesLower ? "exclusiveMinimum" : "minimum", number(range.lower)),
      Member(range.excludesUpper ? "exclusiveMaximum" : "maximum", number(range.upper)),
    ])
  case .truth: return object([type("boolean")])
  case .path: return object([type("string"), Member("minLength", .integer(1))])
  case .choice(_, let words):
    return object([Member("enum", .array(words.map { .text($0) } + (isOptional ? [.null] : [])))])
  case .blocks:
    let pair: JSONValue = .object([
      "type": .text("array"), "minItems": .integer(2), "maxItems": .integer(2),
      "prefixItems": .array([whole(1...64, nil), whole(1...65_536, nil)]),
    ])
    return object([
      type("array"), Member("minItems", .integer(1)), Member("maxItems", .integer(16)), Member("items", pair),
    ])
  case .group:
    let inner = mapping(inside: key.name, table, help: help)
    return .object(["oneOf": .array([inner, .object(["type": .text("null")])])])
  }
}

private func whole(_ range: ClosedRange<Int>, _ help: String?, default value: ConfigurationValue? = nil) -> JSONValue {
  .object(
    [
      .init("type", .text("integer")), .init("minimum", .integer(Int64(range.lowerBound))),
      .init("maximum", .integer(Int64(range.upperBound))),
    ] + (value.map { [.init("default", json($0))] } ?? []) + (help.map { [.init("description", .text($0))] } ?? []))
}

private func number(_ value: Double) -> JSONValue {
  Int64(exactly: value).map { .integer($0) } ?? .real(value)
}

private func json(_ value: ConfigurationValue) -> JSONValue {
  switch value {
  case .whole(let value): .integer(Int64(value))
  case .unsigned(let value): .integer(Int64(clamping: value))
  case .number(let value): number(value)
  case .truth(let value): .bool(value)
  case .text(let value): .text(value)
  case .blocks(let blocks):
    .array(blocks.map { .array([.integer(Int64($0.convolutions)), .integer(Int64($0.channels))]) })
  }
}
