import Notebooks
import Plots
import Store

/// What `band` of curves and `error` of bars and points ask for.
///
/// `range` and `interval` (with a level where wanted: `interval 0.99`) take rows of one key as replicates and show their
/// mean; `low, high` names two of the query's columns.
struct ChartIntervals {
  let kind: IntervalKind
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
      (kind, low, high) = (.range, nil, nil)
      return
    }
    if replicates, words.first == "interval", words.count == 1 || Double(words[1]) != nil {
      let level = words.count == 1 ? 0.95 : Double(words[1]) ?? 0
      guard words.count <= 2, (0.01...0.9999).contains(level) else { throw wrong }
      (kind, low, high) = (.mean(level: level), nil, nil)
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
    (low, high) = (places[0], places[1])
  }

  /// The ends that a row has; nil where one is NULL, and for replicates.
  func ends(_ row: [SQLValue]) throws -> BarChart.Ends? {
    guard let low, let high, row[low] != .null, row[high] != .null else { return nil }
    return BarChart.Ends(low: try number(row[low], "the lower end"), high: try number(row[high], "the upper end"))
  }
}
