extension Store {
  /// What a profile and `--set` changed in each run that has such changes, by the run's id and in the order of the keys.
  public func reductions() throws(StoreError) -> [String: [RunDetails.Reduction]] {
    struct Row: Decodable {
      var run, key, full, used: String
    }
    return try reading { database in
      let rows = try Fetched<Row>.all(
        database, "SELECT run, key, full_value AS full, used_value AS used FROM reduction ORDER BY run, key")
      return Dictionary(grouping: rows, by: \.run).mapValues { changes in
        changes.map { RunDetails.Reduction(key: $0.key, full: $0.full, used: $0.used) }
      }
    }
  }
}
