import Notebooks
import Plots
import PositionedYAML
import Store

/// What `band` of curves and `error` of bars and points ask for.
///
/// `range` and `interval` (with a level where wanted: `interval 0.99`) take rows of one key as replicates and show their
/// mean; `low, high` names two of the query's columns.
struct ChartIntervals {
  let kind: IntervalKind
  /// Those of the query that have the ends; none for replicates.
  let columns: [String]
  private let low: Int?
  private let high: Int?

  /// Nil where the cell has no such option.
  ///
  /// - Parameter replicates: whether rows may be taken as replicates.
  init?(_ name: String, _ cell: Cell, _ rows: QueryResult, replicates: Bool = true) throws {
    guard let option = cell.options[name] else { return nil }
    let words = option.value.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
    let wrong = CellFault(
      line: option.line,
      problem: .badOption(
        name, value: option.value,
        expected: replicates
          ? "range, interval, interval 0.99, or two columns such as low, high" : "two columns such as low, high"))
    if replicates, words == ["range"] {
      (kind, columns, low, high) = (.range, [], nil, nil)
      return
    }
    if replicates, words.first == "interval", words.count == 1 || Double(words[1]) != nil {
      let level = words.count == 1 ? 0.95 : decimalNumber(words[1]) ?? 0
      guard words.count <= 2, (0.01...0.9999).contains(level) else { throw wrong }
      (kind, columns, low, high) = (.mean(level: level), [], nil, nil)
      return
    }
    guard words.count == 2 else { throw wrong }
    let places = try words.map { word in
      guard let index = rows.columns.firstIndex(of: word) else {
        throw CellFault(line: option.line, problem: .unknownColumn(word, id: cell.id, columns: rows.columns))
      }
      return index
    }
    kind = .given(low: words[0].replacing("_", with: " "), high: words[1].replacing("_", with: " "))
    (columns, low, high) = (words, places[0], places[1])
  }

  /// The ends that a row has around its value (NaN for none); nil where both are NULL, and for replicates.
  ///
  /// Throws for one end without the other, and for ends that do not have the value between them.
  func ends(_ row: [SQLValue], around value: Double, of place: @autoclosure () -> String) throws -> BarChart.Ends? {
    guard let low, let high, row[low] != .null || row[high] != .null else { return nil }
    guard row[low] != .null, row[high] != .null else {
      let end = row[row[low] == .null ? high : low].plainText
      throw CellFault(
        problem: .drawing(
          reason: "the interval of \(place()) has one end, \(shortened(end)), and NULL for the other; "
            + "give both, or NULL for both"))
    }
    let ends = BarChart.Ends(
      low: try number(row[low], columns[0]), high: try number(row[high], columns[1]))
    // What rounding does to an interval that ends at its value.
    let slack = 1e-9 * max(abs(ends.low), abs(ends.high))
    // Ends in the wrong order are reported when the chart is laid out.
    if ends.low <= ends.high, value < ends.low - slack || value > ends.high + slack {
      throw CellFault(
        problem: .drawing(
          reason: "the interval of \(place()) runs from \(ends.low) to \(ends.high), and its value is \(value); "
            + "give the ends themselves and not their distances from the value"))
    }
    return ends
  }
}
