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

  /// The smallest and the largest value that has a shade; nil without any.
  var extent: ClosedRange<Double>? {
    let shown = values.joined().compactMap(\.self).filter { $0.isFinite && (scale == .linear || $0 > 0) }
    guard let low = shown.min(), let high = shown.max() else { return nil }
    return (scale == .linear ? min(low, 0) : low)...high
  }

  /// How dark a value's square is, 0 to 1; nil for what has no place on the scale.
  func shade(_ value: Double) -> Double? {
    guard let extent, value.isFinite, scale == .linear || value > 0 else { return nil }
    guard extent.upperBound > extent.lowerBound else { return value == 0 ? 0 : 1 }
    switch scale {
    case .linear: return (value - extent.lowerBound) / (extent.upperBound - extent.lowerBound)
    case .logarithmic:
      let (low, high) = (extent.lowerBound.logarithm, extent.upperBound.logarithm)
      // The smallest value keeps a trace of color.
      return 0.08 + 0.92 * (value.logarithm - low) / (high - low)
    }
  }
}
