import Journals

/// Facts that say something only on the machine that they are from, and that evidence is made without: the boot's id, the
/// process's id and start, and the folder of the data set's files.
enum LocalFacts {
  /// Columns of `attempt` and what evidence has in them.
  static let attemptColumns: [(name: String, value: SQLValue)] = [
    ("boot_id", .null), ("process_id", .integer(0)), ("process_start", .null),
  ]
  /// Tables that have a column `configuration`, with the columns that name a row.
  static let configurationTables: [(name: String, keys: [String])] = [
    ("run", ["id"]), ("trial", ["experiment", "name", "trial_id"]),
  ]

  static func replacement(table: String, column: String, _ value: SQLValue) -> SQLValue {
    if table == "attempt", let local = attemptColumns.first(where: { $0.name == column }) { return local.value }
    if column == "configuration", configurationTables.contains(where: { $0.name == table }),
      case .text(let text) = value
    {
      return .text(withoutDataPath(text))
    }
    return value
  }
}

extension StoreEvidence {
  /// The same without what ``LocalFacts`` names; evidence of an earlier version may have it.
  public var withoutLocalFacts: StoreEvidence {
    var result = self
    for (place, table) in tables.enumerated() {
      guard table.name == "attempt" || LocalFacts.configurationTables.contains(where: { $0.name == table.name }) else {
        continue
      }
      result.tables[place].rows = table.rows.map { row in
        zip(table.columns, row).map { LocalFacts.replacement(table: table.name, column: $0, $1) }
      }
    }
    return result
  }
}

extension ScratchStore {
  /// Takes them out of the copied rows, so that nothing that is made from them can have them.
  func removeLocalFacts() throws(StoreError) {
    try connection.execute("UPDATE main.attempt SET boot_id = NULL, process_id = 0, process_start = NULL")
    for table in LocalFacts.configurationTables {
      let keys = table.keys.joined(separator: ", ")
      let rows = try connection.trustedRows(
        "SELECT \(keys), configuration FROM main.\(table.name) WHERE instr(configuration, '\"path\":') > 0")
      let condition = table.keys.map { "\($0) = :\($0)" }.joined(separator: " AND ")
      for row in rows {
        var parameters = Dictionary(uniqueKeysWithValues: zip(table.keys, row))
        parameters["configuration"] = .text(withoutDataPath(row[table.keys.count].plainText))
        try connection.change(
          "UPDATE main.\(table.name) SET configuration = :configuration WHERE \(condition)", parameters)
      }
    }
  }
}
