import Journals

/// Facts that say something only on the machine that they are from, and that evidence is made without: the boot's id, the
/// process's id and start, and the folder of the data set's files.
enum LocalFacts {
  static func replacement(table: StoreTable, column: String, _ value: SQLValue) -> SQLValue {
    for local in table.localColumns {
      switch local {
      case .constant(column, let constant): return constant
      case .constant: continue
      case .configuration:
        if column == "configuration", case .text(let text) = value { return .text(withoutDataPath(text)) }
      }
    }
    return value
  }
}

extension StoreEvidence {
  /// The same without what ``LocalFacts`` names; evidence of an earlier version may have it.
  public var withoutLocalFacts: StoreEvidence {
    var result = self
    for (index, table) in tables.enumerated() {
      guard let known = StoreTable.named(table.name), !known.localColumns.isEmpty else { continue }
      result.tables[index].rows = table.rows.map { row in
        zip(table.columns, row).map { LocalFacts.replacement(table: known, column: $0, $1) }
      }
    }
    return result
  }
}

extension ScratchStore {
  /// Takes them out of the copied rows, so that nothing that is made from them can have them.
  func removeLocalFacts() throws(StoreError) {
    for table in StoreTable.all {
      for local in table.localColumns {
        switch local {
        case .constant(let column, let value):
          try connection.change("UPDATE main.\(table.name) SET \(column) = :value", ["value": value])
        case .configuration(let keys): try removeDataPaths(table.name, keys)
        }
      }
    }
  }

  private func removeDataPaths(_ table: String, _ keys: [String]) throws(StoreError) {
    let rows = try connection.trustedRows(
      """
      SELECT \(keys.joined(separator: ", ")), configuration FROM main.\(table)
      WHERE instr(configuration, '"path":') > 0
      """)
    let condition = keys.map { "\($0) = :\($0)" }.joined(separator: " AND ")
    for row in rows {
      var parameters = Dictionary(uniqueKeysWithValues: zip(keys, row))
      parameters["configuration"] = .text(withoutDataPath(row[keys.count].plainText))
      try connection.change("UPDATE main.\(table) SET configuration = :configuration WHERE \(condition)", parameters)
    }
  }
}
