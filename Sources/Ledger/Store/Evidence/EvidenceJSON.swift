public import ExactJSON
import Journals

extension SQLValue {
  /// As evidence has it: numbers as JSON's, what is not finite and bytes in an object of their own.
  public var evidence: JSONValue {
    switch self {
    case .null: .null
    case .integer(let number): .integer(number)
    case .real(let number): number.isFinite ? .real(number) : .object(["real": .text(plainText)])
    case .text(let text): .text(text)
    case .blob: .object(["blob": .text(plainText)])
    }
  }

  /// Reads what ``evidence`` wrote; nil for what it never writes.
  public init?(evidence: JSONValue) {
    switch evidence {
    case .null: self = .null
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .real(number)
    case .text(let text): self = .text(text)
    case .bool, .array: return nil
    case .object(let members):
      guard members.count == 1, let text = members[0].value.text else { return nil }
      switch (members[0].key, text) {
      case ("real", "inf"): self = .real(.infinity)
      case ("real", "-inf"): self = .real(-.infinity)
      case ("blob", _):
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
          return nil
        }
        self = .blob(
          stride(from: 0, to: digits.count, by: 2).map { place in
            UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)!
          })
      default: return nil
      }
    }
  }
}

extension StoreEvidence {
  /// The same evidence gives the same JSON.
  public var json: JSONValue {
    var members = [
      JSONValue.Member("schema", .integer(Int64(schema))), JSONValue.Member("whole", .array(whole.map { .text($0) })),
    ]
    // Evidence without is as it always was.
    if !grouped.isEmpty {
      members.append(
        JSONValue.Member(
          "grouped",
          .object(grouped.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .integer(Int64($0.value))) })))
    }
    members += [
      JSONValue.Member(
        "runs",
        .array(
          runs.map { run in
            .object([
              "run": .text(run.run), "state": .text(run.state.rawValue), "cause": run.cause.map { .text($0) } ?? .null,
              "journal": run.journal.map { .text($0) } ?? .null, "bytes": .integer(Int64(run.journalBytes)),
              "test_evaluations": .integer(Int64(run.testEvaluations)),
            ])
          })),
      JSONValue.Member(
        "tables",
        .object(
          tables.map { table in
            JSONValue.Member(
              table.name,
              .object([
                "columns": .array(table.columns.map { .text($0) }),
                "rows": .array(table.rows.map { .array($0.map(\.evidence)) }),
              ]))
          })),
    ]
    return .object(members)
  }

  /// Reads what ``json`` wrote; tables and columns are looked at when a database is made of it.
  ///
  /// Throws ``StoreError/evidence(_:)``.
  public init(json: JSONValue) throws(StoreError) {
    let hasGroups = json["grouped"] != nil
    let fields = try EvidenceFields(
      json, "store", ["schema", "whole"] + (hasGroups ? ["grouped"] : []) + ["runs", "tables"])
    schema = try fields.integer("schema", in: 1...1_000_000)
    guard schema <= Schema.version else { throw .evidence(.newer(found: schema, known: Schema.version)) }
    whole = try fields.array("whole").map { value throws(StoreError) in
      guard let text = value.text else { throw .evidence(.wrongType("whole", expected: "a list of texts")) }
      return text
    }
    grouped = [:]
    for member in hasGroups ? try fields.value("grouped").members ?? [] : [] {
      guard let asks = member.value.integer, (1...1_000_000).contains(asks) else {
        throw .evidence(.wrongType("grouped", expected: "an object of whole numbers within their bounds"))
      }
      grouped[member.key] = Int(asks)
    }
    runs = []
    var seen: Set<String> = []
    for value in try fields.array("runs") {
      let run = try EvidenceFields(value, "runs", ["run", "state", "cause", "journal", "bytes", "test_evaluations"])
      let id = try run.text("run")
      guard RunFolder.isID(id) else { throw .evidence(.wrongType("run", expected: "a run's id")) }
      guard seen.insert(id).inserted else { throw .evidence(.doubled(id)) }
      guard let state = RunState(rawValue: try run.text("state")) else {
        throw .evidence(.wrongType("state", expected: "a run's state"))
      }
      let journal = try run.optionalText("journal")
      guard journal == nil || isDigest(journal!) else {
        throw .evidence(.wrongType("journal", expected: "a SHA-256 digest"))
      }
      runs.append(
        EvidenceRun(
          run: id, state: state, cause: try run.optionalText("cause"), journal: journal,
          journalBytes: try run.integer("bytes", in: 0...Int.max),
          testEvaluations: try run.integer("test_evaluations", in: 0...Int.max)))
    }
    tables = []
    guard let members = try fields.value("tables").members else {
      throw .evidence(.wrongType("tables", expected: "an object"))
    }
    for member in members {
      let table = try EvidenceFields(member.value, member.key, ["columns", "rows"])
      var columns: [String] = []
      for column in try table.array("columns") {
        guard let name = column.text else { throw .evidence(.wrongType("columns", expected: "a list of names")) }
        guard !columns.contains(name) else { throw .evidence(.doubled("\(member.key).\(name)")) }
        columns.append(name)
      }
      var rows: [[SQLValue]] = []
      for (index, row) in try table.array("rows").enumerated() {
        guard let cells = row.array else {
          throw .evidence(.badRow(index, table: member.key, reason: "it is not a list"))
        }
        guard cells.count == columns.count else {
          throw .evidence(
            .badRow(index, table: member.key, reason: "it has \(cells.count) values for \(columns.count) columns"))
        }
        rows.append(
          try cells.map { cell throws(StoreError) in
            guard let value = SQLValue(evidence: cell) else {
              throw .evidence(.badRow(index, table: member.key, reason: "a value is none that SQLite keeps"))
            }
            return value
          })
      }
      tables.append(EvidenceTable(name: member.key, columns: columns, rows: rows))
    }
  }
}

/// Whether a text is a SHA-256 digest in lower-case hexadecimal.
func isDigest(_ text: String) -> Bool {
  text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
}

/// An object's members, all of them known and there.
public struct EvidenceFields {
  private let json: JSONValue

  /// Reads an object; `name` is for messages. Throws ``StoreError/evidence(_:)`` for members that are unknown or missing.
  public init(_ json: JSONValue, _ name: String, _ known: [String]) throws(StoreError) {
    guard let members = json.members else { throw .evidence(.wrongType(name, expected: "an object")) }
    for member in members where !known.contains(member.key) {
      throw .evidence(.unknown("\(name).\(member.key)"))
    }
    for key in known where json[key] == nil { throw .evidence(.missing("\(name).\(key)")) }
    self.json = json
  }

  /// A member's value. Throws ``StoreError/evidence(_:)``.
  public func value(_ key: String) throws(StoreError) -> JSONValue {
    guard let value = json[key] else { throw .evidence(.missing(key)) }
    return value
  }

  /// A member that is a text. Throws ``StoreError/evidence(_:)``.
  public func text(_ key: String) throws(StoreError) -> String {
    guard let text = try value(key).text else { throw .evidence(.wrongType(key, expected: "a text")) }
    return text
  }

  /// A member that is a text or null. Throws ``StoreError/evidence(_:)``.
  public func optionalText(_ key: String) throws(StoreError) -> String? {
    try value(key) == .null ? nil : try text(key)
  }

  /// A member that is a whole number within a range. Throws ``StoreError/evidence(_:)``.
  public func integer(_ key: String, in range: ClosedRange<Int>) throws(StoreError) -> Int {
    guard let number = try value(key).integer.flatMap({ Int(exactly: $0) }), range.contains(number) else {
      throw .evidence(.wrongType(key, expected: "a whole number within its bounds"))
    }
    return number
  }

  /// A member that is a list. Throws ``StoreError/evidence(_:)``.
  public func array(_ key: String) throws(StoreError) -> [JSONValue] {
    guard let values = try value(key).array else { throw .evidence(.wrongType(key, expected: "a list")) }
    return values
  }
}
