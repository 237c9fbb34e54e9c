import Foundation
import Text

/// A value as SQLite has it.
public enum SQLValue: Sendable, Hashable {
  /// NULL.
  case null
  /// A whole number.
  case integer(Int64)
  /// A number.
  case real(Double)
  /// A text.
  case text(String)
  /// Bytes.
  case blob([UInt8])

  /// The value in full precision; empty for NULL, blobs in hexadecimal.
  public var plainText: String {
    switch self {
    case .null: ""
    case .integer(let value): "\(value)"
    case .real(let value): value.isFinite ? "\(value)" : value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
    case .text(let text): text
    case .blob(let bytes): bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  /// The value as JSON has it; what is not finite, and blobs, as text.
  public var jsonLiteral: String {
    switch self {
    case .null: "null"
    case .integer(let value): "\(value)"
    case .real(let value): value.isFinite ? "\(value)" : jsonQuoted(plainText)
    case .text, .blob: jsonQuoted(plainText)
    }
  }

  /// The value as a number; nil for what is none.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    case .null, .text, .blob: nil
    }
  }
}

/// What a query gave.
public struct QueryResult: Sendable, Hashable {
  /// The names of the columns.
  public var columns: [String]
  /// A value for each column.
  public var rows: [[SQLValue]]

  /// A table of values.
  public init(columns: [String], rows: [[SQLValue]]) {
    self.columns = columns
    self.rows = rows
  }

  /// Aligned columns for people: numbers to the right, NULL as a dash, line ends and control characters as `\u{1b}`.
  public var table: String {
    let titles = columns.map { printable($0) }
    let cells = rows.map { row in row.map { $0 == .null ? "–" : printable($0.plainText) } }
    let widths = columns.indices.map { column in
      cells.reduce(displayWidth(titles[column])) { max($0, displayWidth($1[column])) }
    }
    let numeric = columns.indices.map { column in
      rows.allSatisfy { $0[column] == .null || $0[column].number != nil } && !rows.isEmpty
    }
    func line(_ row: [String]) -> String {
      var text = ""
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - displayWidth(cell))
        text += (column == 0 ? "" : "  ") + (numeric[column] ? space + cell : cell + space)
      }
      while text.last == " " { text.removeLast() }
      return text
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return ([line(titles), rule] + cells.map(line)).joined(separator: "\n")
  }

  /// The first name that two columns have; nil where each has its own, as objects of JSON need it.
  public var doubledColumn: String? {
    var seen: Set<String> = []
    return columns.first { !seen.insert($0).inserted }
  }

  /// An array of objects, their keys in the columns' order; numbers in full precision, what is not finite as text.
  public var json: String {
    let objects = rows.map { row in
      "  {" + zip(columns, row).map { "\(jsonQuoted($0)): \($1.jsonLiteral)" }.joined(separator: ", ") + "}"
    }
    return objects.isEmpty ? "[]" : "[\n" + objects.joined(separator: ",\n") + "\n]"
  }

  /// RFC 4180's CSV with a header; NULL is an empty field.
  public var csv: String { columns.map(csvField).joined(separator: ",") + "\n" + csvRows }

  /// The same without the header.
  var csvRows: String {
    rows.map { $0.map { csvField($0.plainText) }.joined(separator: ",") + "\n" }.joined()
  }
}

private func csvField(_ text: String) -> String {
  // Scalars and not characters: "\r\n", and a quotation mark with an accent on it, are one character each.
  guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return text }
  var field = String.UnicodeScalarView("\"".unicodeScalars)
  for scalar in text.unicodeScalars {
    if scalar == "\"" { field.append(scalar) }
    field.append(scalar)
  }
  field.append("\"")
  return String(field)
}
