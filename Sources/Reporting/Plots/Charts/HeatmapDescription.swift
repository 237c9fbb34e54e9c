/// A heatmap in words.
struct HeatmapDescription {
  let chart: Heatmap
  let language: FigureLanguage

  /// Squares that are named beside the largest of each row.
  private static let named = 5

  var text: String {
    let (rows, columns) = (chart.rows.count, chart.columns.count)
    let title = drawable(chart.title)
    let kind = language.isEnglish ? "Heatmap" : "热图"
    var sentences = [
      kind + (title.isEmpty ? "" : language.colon + title) + language.colon
        + (language.isEnglish ? "\(rows) rows, \(columns) columns" : "\(rows)行，\(columns)列") + language.stop
    ]
    if let axes { sentences.append(axes) }
    let largest = chart.rows.indices.compactMap(largest)
    sentences.append(
      (largest.isEmpty ? language.noData : largest.joined(separator: language.semicolon)) + language.stop)
    if let others { sentences.append(others) }
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
    let known = chart.values[row].enumerated().compactMap { column, value in value.map { (column, $0) } }
    guard let most = known.max(by: { $0.1 < $1.1 }) else { return nil }
    return name(row, most.0, most.1)
  }

  /// The largest values that are not the largest of their row: in a matrix of confusions, what is confused most.
  private var others: String? {
    var squares: [(row: Int, column: Int, value: Double)] = []
    for (row, values) in chart.values.enumerated() {
      let known = values.enumerated().compactMap { column, value in value.map { (row, column, $0) } }
      guard let most = known.max(by: { $0.2 < $1.2 }) else { continue }
      squares += known.filter { $0.1 != most.1 && $0.2 > 0 }
    }
    guard !squares.isEmpty else { return nil }
    let named = squares.sorted { (-$0.value, $0.row, $0.column) < (-$1.value, $1.row, $1.column) }.prefix(Self.named)
      .map { name($0.row, $0.column, $0.value) }
    return (language.isEnglish ? "Largest of the others" : "其余最大者") + language.colon
      + named.joined(separator: language.semicolon) + language.stop
  }

  private func name(_ row: Int, _ column: Int, _ value: Double) -> String {
    "\(drawable(chart.rows[row])) / \(drawable(chart.columns[column])) \(chart.valueFormat.text(value))"
  }
}
