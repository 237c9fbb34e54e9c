import GRDB

extension Row {
  /// The value of a column by its position, counted from 0. An index may come from anybody, so that a value of another kind is
  /// an error and not the end of the program. Throws ``StoreError``.
  func value<T: DatabaseValueConvertible>(_ position: Int) throws(StoreError) -> T {
    let value: DatabaseValue = self[position]
    guard let found = T.fromDatabaseValue(value) else { throw .badIndexValue(column: "\(position)") }
    return found
  }

  /// The same of a column that may be NULL.
  func optional<T: DatabaseValueConvertible>(_ position: Int) throws(StoreError) -> T? {
    let value: DatabaseValue = self[position]
    if value.isNull { return nil }
    guard let found = T.fromDatabaseValue(value) else { throw .badIndexValue(column: "\(position)") }
    return found
  }

  /// The value of a column by its name. Throws ``StoreError``.
  func value<T: DatabaseValueConvertible>(_ name: String) throws(StoreError) -> T {
    let value: DatabaseValue? = self[name]
    guard let value, let found = T.fromDatabaseValue(value) else { throw .badIndexValue(column: name) }
    return found
  }

  /// The same of a column that may be NULL.
  func optional<T: DatabaseValueConvertible>(_ name: String) throws(StoreError) -> T? {
    let value: DatabaseValue? = self[name]
    guard let value else { throw .badIndexValue(column: name) }
    if value.isNull { return nil }
    guard let found = T.fromDatabaseValue(value) else { throw .badIndexValue(column: name) }
    return found
  }
}
