/// A heatmap in words.
struct HeatmapDescription {
  let chart: Heatmap
  let language: FigureLanguage

  /// Squares that are named beside the largest of each row.
  private static let named = 5

  var text: String {
    let rows = language.counted(chart.rows.count, "row", "rows", "行")
    let columns = language.counted(chart.columns.count, "column", "columns", "列")
    let title = drawable(chart.title)
    let kind = language.isEnglish ? "Heatmap" : "热图"
    var sentences = [
      kind + (title.isEmpty ? "" : language.colon + title) + language.colon
        + rows + language.comma + columns + language.stop
    ]
    if let axes { sentences.append(axes) }
    let largest = chart.rows.indices.compactMap(largest)
    sentences.append(
      (largest.isEmpty ? language.noData : largest.joined(separator: language.semicolon)) + language.stop)
    if let others { sentences.append(others) }
    let hidden = omissions(omitted, language, noun: ("cell", "cells", "格"))
    if !hidden.isEmpty { sentences.append(hidden.joined(separator: language.semicolon) + language.stop) }
    return sentences.joined(separator: language.between)
  }

  private var axes: String? {
    let (row, column) = (drawable(chart.rowLabel), drawable(chart.columnLabel))
    guard !row.isEmpty || !column.isEmpty else { return nil }
    let parts =
      language.isEnglish
      ? [row.isEmpty ? nil : "rows: \(row)", column.isEmpty ? nil : "columns: \(column)"]
      : [row.isEmpty ? nil : "行：\(row)", column.isEmpty ? nil : "列：\(column)"]
    let joined = parts.compactMap(\.self).joined(separator: language.semicolon)
    return joined.prefix(1).uppercased() + joined.dropFirst() + language.stop
  }

  private func largest(of row: Int) -> String? {
    guard let most = shown(row).max(by: { $0.value < $1.value }) else { return nil }
    return name(row, most.column, most.value)
  }

  /// The values of a row that have a shade.
  private func shown(_ row: Int) -> [(column: Int, value: Double)] {
    chart.values[row].enumerated().compactMap { column, value in
      guard let value, OffAxis(value, chart.scale) == nil else { return nil }
      return (column: column, value: value)
    }
  }

  /// The cells that have no shade, and why.
  private var omitted: [(at: String, reason: OffAxis)] {
    var found: [(at: String, reason: OffAxis)] = []
    for (row, values) in chart.values.enumerated() {
      for (column, value) in values.enumerated() {
        guard let reason = OffAxis(value ?? .nan, chart.scale) else { continue }
        found.append((at: name(row, column, reason == .missing ? nil : value), reason: reason))
      }
    }
    return found
  }

  /// The largest values that are not the largest of their row: in a matrix of confusions, what is confused most.
  private var others: String? {
    var squares: [(row: Int, column: Int, value: Double)] = []
    for row in chart.values.indices {
      let known = shown(row)
      guard let most = known.max(by: { $0.value < $1.value }) else { continue }
      for square in known where square.column != most.column && square.value > 0 {
        squares.append((row: row, column: square.column, value: square.value))
      }
    }
    guard !squares.isEmpty else { return nil }
    let named = squares.sorted { (-$0.value, $0.row, $0.column) < (-$1.value, $1.row, $1.column) }.prefix(Self.named)
      .map { name($0.row, $0.column, $0.value) }
    return (language.isEnglish ? "Largest of the others" : "其余最大者") + language.colon
      + named.joined(separator: language.semicolon) + language.stop
  }

  private func name(_ row: Int, _ column: Int, _ value: Double?) -> String {
    let cell = "\(drawable(chart.rows[row])) / \(drawable(chart.columns[column]))"
    return value.map { "\(cell) \(chart.valueFormat.text($0))" } ?? cell
  }
}
