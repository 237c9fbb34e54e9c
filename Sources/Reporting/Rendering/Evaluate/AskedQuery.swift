public import Store

/// A query of a notebook as it was asked, and what it gave.
public struct AskedQuery: Sendable, Hashable {
  /// Of its cell.
  public var id: String
  /// Of its cell: `query`, `table`, `claim`, …
  public var kind: String
  /// Of its cell's opening fence, from 1.
  public var line: Int
  /// With the views that it reads in front of it.
  public var sql: String
  /// Those that the query names, with their values.
  public var parameters: [String: SQLValue]
  public var rows: QueryResult

  public init(
    id: String, kind: String, line: Int, sql: String, parameters: [String: SQLValue], rows: QueryResult
  ) {
    self.id = id
    self.kind = kind
    self.line = line
    self.sql = sql
    self.parameters = parameters
    self.rows = rows
  }
}

/// Where a report's rows come from.
public protocol RowSource: Sendable {
  /// The rows of one SELECT, `:name` in it standing for a parameter's value.
  func query(_ sql: String, _ parameters: [String: SQLValue]) throws -> QueryResult
}

extension Store: RowSource {}

/// A run that an answer depends on.
public struct UsedRun: Sendable, Hashable {
  public var id: String
  /// Its journal's SHA-256, in hexadecimal.
  public var digest: String

  public init(id: String, digest: String) {
    self.id = id
    self.digest = digest
  }
}
