/// A matrix of values: a square for each row and column, the darker the larger.
public struct Heatmap: Sendable, Hashable, Codable {
  /// Above the chart; may be empty.
  public var title: String
  /// What the rows are; may be empty.
  public var rowLabel: String
  /// What the columns are; may be empty.
  public var columnLabel: String
  /// From the top, with unique names.
  public var rows: [String]
  /// From the left, with unique names.
  public var columns: [String]
  /// `[row][column]`; nil where there is no value.
  public var values: [[Double?]]
  /// How shades are spread over the values.
  public var scale: AxisScale
  /// How values are written in their squares.
  public var valueFormat: NumberFormat

  /// A heatmap of a matrix.
  public init(
    title: String = "", rowLabel: String = "", columnLabel: String = "", rows: [String], columns: [String],
    values: [[Double?]], scale: AxisScale = .linear, valueFormat: NumberFormat = .automatic
  ) {
    self.title = title
    self.rowLabel = rowLabel
    self.columnLabel = columnLabel
    self.rows = rows
    self.columns = columns
    self.values = values
    self.scale = scale
    self.valueFormat = valueFormat
  }

  /// A row of a query: one square.
  public struct Row: Sendable, Hashable {
    /// The matrix's row.
    public var row: String
    /// The matrix's column.
    public var column: String
    /// Nil where there is none.
    public var value: Double?

    /// A row by its keys and value.
    public init(row: String, column: String, value: Double?) {
      self.row = row
      self.column = column
      self.value = value
    }
  }

  /// A heatmap of rows: the matrix's rows and columns are in the order of their first ones.
  ///
  /// - Throws: `PlotError.duplicate` for two values of one square.
  public init(
    title: String = "", rowLabel: String = "", columnLabel: String = "", squares: [Row], scale: AxisScale = .linear,
    valueFormat: NumberFormat = .automatic
  ) throws(PlotError) {
    var places: (rows: [String: Int], columns: [String: Int]) = ([:], [:])
    var names: (rows: [String], columns: [String]) = ([], [])
    for square in squares {
      if places.rows[square.row] == nil {
        places.rows[square.row] = names.rows.count
        names.rows.append(square.row)
      }
      if places.columns[square.column] == nil {
        places.columns[square.column] = names.columns.count
        names.columns.append(square.column)
      }
    }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: names.columns.count), count: names.rows.count)
    var values = [[Double?]](
      repeating: [Double?](repeating: nil, count: names.columns.count), count: names.rows.count)
    for square in squares {
      let (row, column) = (places.rows[square.row]!, places.columns[square.column]!)
      counts[row][column] += 1
      guard counts[row][column] < 2 else {
        let count = squares.count { $0.row == square.row && $0.column == square.column }
        throw .duplicate(.square(row: square.row, column: square.column, count: count))
      }
      values[row][column] = square.value
    }
    self.init(
      title: title, rowLabel: rowLabel, columnLabel: columnLabel, rows: names.rows, columns: names.columns,
      values: values, scale: scale, valueFormat: valueFormat)
  }

}

/// How dark the squares of a heatmap are.
struct HeatmapShades {
  private let scale: AxisScale
  /// From the smallest to the largest value that has a shade; nil without any. Linear shades begin at zero.
  private let range: ClosedRange<Double>?

  init(_ chart: Heatmap) {
    scale = chart.scale
    let shown = extent(chart.values.joined().compactMap(\.self).filter { OffAxis($0, chart.scale) == nil })
    range = shown.map { chart.scale == .linear ? min($0.lowerBound, 0)...$0.upperBound : $0 }
  }

  /// 0 to 1; nil for what has no place on the scale.
  func shade(_ value: Double) -> Double? {
    guard let range, OffAxis(value, scale) == nil else { return nil }
    switch scale {
    case .linear: return range.fraction(of: value) ?? (value == 0 ? 0 : 1)
    case .logarithmic:
      let low = range.lowerBound.logarithm
      let logarithms = low...max(low, range.upperBound.logarithm)
      // The smallest value keeps a trace of color.
      return logarithms.fraction(of: value.logarithm).map { 0.08 + 0.92 * $0 } ?? 1
    }
  }
}

extension ClosedRange<Double> {
  /// Where a value is between the ends, 0 to 1 and not beyond; nil where the ends are the same or the value is not a number.
  package func fraction(of value: Double) -> Double? {
    guard lowerBound.isFinite, upperBound.isFinite, upperBound > lowerBound, !value.isNaN else { return nil }
    let width = upperBound - lowerBound
    // The difference of two numbers may be too large for a number; that of their halves is not.
    let part =
      width.isFinite
      ? (value - lowerBound) / width : (value / 2 - lowerBound / 2) / (upperBound / 2 - lowerBound / 2)
    return Swift.min(Swift.max(part, 0), 1)
  }
}
