import Evidence
import Notebooks
import Rendering
import Testing

/// What chart cells make of rows under one key: errors, or means of replicates where the cell asks for them.
@Suite struct ChartCellTests {
  private static let seeds = "columns trial, metric, epoch, value; a, loss, 1, 3; a, loss, 1, 1; a, loss, 2, 2"
  private static let bars = "columns group, series, value; a, s, 3; a, s, 1; b, s, 2"
  /// The same with replicates that have no value.
  private static let seedsWithout = seeds + "; a, loss, 1, -"
  private static let barsWithout = bars + "; a, s, -; a, s, -"
  private static let ends = "columns trial, metric, epoch, value, least, most; a, loss, 1, 2, 1, 4; a, loss, 2, 3, -, -"

  private func readme(_ kind: String, _ options: String, _ rows: String) throws -> String {
    let folder = ReportFolder()
    let cell = "```{\(kind) x}\n\(options.isEmpty ? "" : options + "\n")\(rows)\n```\n"
    _ = try folder.render(cell)
    return try folder.text("README.md")
  }

  @Test(arguments: [
    (
      "curves", "", seeds,
      "1: the chart cannot be drawn: 2 values of series \"loss\" at 1.0 in panel \"a\": select one, name the series apart, "
        + "or draw replicates as a mean with a band"
    ),
    (
      "bars", "", bars,
      "1: the chart cannot be drawn: 2 values of group \"a\", series \"s\": select one, name them apart, "
        + "or draw replicates as a mean with an error bar"
    ),
    (
      "curves", "--| band: deviation", seeds,
      "2: band is \"deviation\"; range, interval, interval 0.99, or two columns such as low, high was expected"
    ),
    (
      "bars", "--| error: interval 95", bars,
      "2: error is \"interval 95\"; range, interval, interval 0.99, or two columns such as low, high was expected"
    ),
    (
      "curves", "--| band: interval 0.9999999999999999", seeds,
      "2: band is \"interval 0.9999999999999999\"; range, interval, interval 0.99, or two columns such as low, high was expected"
    ),
    ("curves", "--| band: low, high", seeds, "2: \"x\" has no column \"low\"; it has trial, metric, epoch, value"),
    (
      "scatter", "--| error: range", "columns series, x, y; s, 1, 2",
      "2: error is \"range\"; two columns such as low, high was expected"
    ),
    (
      "bars", "--| error: most, least", "columns group, series, value, least, most; a, s, 2, 1, 3",
      "1: the chart cannot be drawn: the interval of group \"a\", series \"s\" runs from 3.0 down to 1.0: give the lower end first"
    ),
    (
      "heatmap", "", "columns row, column, value; a, x, 3; a, x, 1",
      "1: the chart cannot be drawn: 2 values of row \"a\", column \"x\": select one, or their mean"
    ),
    (
      "heatmap", "", "columns row, column; a, x",
      "1: a heatmap cell needs the columns row, column, value, and the query gives row, column"
    ),
    (
      "grid", "", "columns pixels, height, width; 00ff, 1, 3",
      "1: an image cannot be shown: 2 values are no image of 1×3 pixels and 1 or 3 channels"
    ),
    (
      "grid", "", "columns pixels, height, width; 0g, 1, 1",
      "1: an image cannot be shown: its pixels are neither hexadecimal digits, two a byte, nor a JSON array"
    ),
    (
      "grid", "", "columns pixels, height, width; 00, 1, 300",
      "1: an image cannot be shown: width is 300.0; an image has 1 to 256 pixels a side"
    ),
    (
      "grid", "--| side: 9", "columns pixels, height, width; 00, 1, 1",
      "2: side is \"9\"; points from 16 to 256 was expected"
    ),
    (
      "scatter", "", "columns series, x, y, lable; s, 1, 2, a",
      "1: a scatter cell does not read the column \"lable\"; did you mean \"label\"?"
    ),
    (
      "grid", "", "columns pixels, height, width, Caption; 00, 1, 1, a",
      "1: a grid cell does not read the column \"Caption\"; did you mean \"caption\"?"
    ),
    (
      "bars", "--| error: low, high", "columns group, series, value, low, high; a, s, 1, 3, 4",
      "1: the chart cannot be drawn: the interval of group \"a\", series \"s\" runs from 3.0 to 4.0, and its value is 1.0; give the ends themselves and not their distances from the value"
    ),
    (
      "curves", "--| band: low, high", "columns trial, metric, epoch, value, low, high; a, loss, 1, 5, 1, 2",
      "1: the chart cannot be drawn: the interval of a, loss at 1 runs from 1.0 to 2.0, and its value is 5.0; give the ends themselves and not their distances from the value"
    ),
    (
      "scatter", "--| error: low, high", "columns series, x, y, low, high; s, 1, 2, 1, -",
      "1: the chart cannot be drawn: the interval of series \"s\" at 1 has one end, 1, and NULL for the other; give both, or NULL for both"
    ),
    (
      "bars", "--| error: interval 0x1p-1", bars,
      "2: error is \"interval 0x1p-1\"; range, interval, interval 0.99, or two columns such as low, high was expected"
    ),
    (
      "table", "--| band: range", seeds, "2: a table cell has no option \"band\""
    ),
  ])
  func whatCannotBeMeant(kind: String, options: String, rows: String, expected: String) {
    let cell = "```{\(kind) x}\n\(options.isEmpty ? "" : options + "\n")\(rows)\n```\n"
    #expect(NotebookErrorTests.problems(cell).first == expected)
  }

  @Test func tooManySeriesHaveARemedy() {
    let rows = (0..<21).map { "; g, s\($0), 1" }.joined()
    #expect(
      NotebookErrorTests.problems("```{bars x}\ncolumns group, series, value\(rows)\n```\n").first
        == "1: there are more than 20 series of bars; select fewer rows, or split them over several cells")
  }

  @Test func tooManyBarsAreNamedWithTheirLimit() {
    let rows = (0..<51).flatMap { group in (0..<20).map { "; g\(group), s\($0), 1" } }.joined()
    let problem = NotebookErrorTests.problems("```{bars x}\ncolumns group, series, value\(rows)\n```\n").first ?? ""
    #expect(problem.contains("more than 1000 bars (groups × series); select fewer groups or series"), "\(problem)")
  }

  @Test(arguments: [
    ("curves", "--| band: range", seeds, "Line: mean; band: smallest to largest value; 1–2 values each."),
    ("curves", "--| band: range", seeds, "a: loss starts at 2"),
    (
      "curves", "--| band: range", seedsWithout,
      "Line: mean; band: smallest to largest value; 1–2 values each; 1 more has no value."
    ),
    (
      "bars", "--| error: range", barsWithout,
      "error bar: smallest to largest value; 1–2 values each; 2 more have no value."
    ),
    (
      "scatter", "", "columns series, x, y; a, -, 2; a, 1, -; a, inf, 3; b, 2, 2",
      "a: no data, 2 points without a value (at (–, 2), (1, –)), 1 point infinite (at (∞, 3)). b: (2, 2)."
    ),
    // Columns of their own are allowed, near to another's name or not.
    ("scatter", "", "columns series, x, y, rank, cable; s, 1, 2, 3, 4", "s: (1, 2)."),
    ("grid", "", "columns pixels, height, width, raw; ff, 1, 1, 5", "1 image."),
    ("curves", "--| band: interval 0.99", seeds, "Line: mean; band: 99 % t interval of the mean; 1–2 values each."),
    ("curves", "--| band: interval 0.9999", seeds, "band: 99.99 % t interval of the mean"),
    ("curves", "--| band: least, most", ends, "Band: least to most."),
    ("heatmap", "", "columns row, column, value; a, x, inf; a, y, 1", "1 cell infinite (at a / x ∞)"),
    ("heatmap", "", "columns row, column, value; a, x, 9e307; a, y, -9e307", "Heatmap: 1 row, 2 columns."),
    ("grid", "", "columns pixels, height, width; [9e307], 1, 1; [-9e307], 1, 1; [0.5], 1, 1", "3 images"),
    ("curves", "--| band: least most", ends, "band at 1 from 1 to 4"),
    ("bars", "--| error: range", bars, "a 2 (1 to 3); b 2 (2 to 2)"),
    ("bars", "--| error: interval", bars, "Value: mean; error bar: 95 % t interval of the mean"),
    ("bars", "", "columns group, series, value; -, s, 1; , s, 2; NULL, s, 3", "(NULL) 1; (empty) 2; NULL 3"),
    ("scatter", "--| error: low, high", "columns series, x, y, low, high; s, 1, 2, 1, 3", "(1, 2, 1 to 3)"),
    (
      "heatmap", "--| row_label: is", "columns row, column, value; a, x, 3; a, y, 1; b, y, 2",
      "Heatmap: 2 rows, 2 columns. Rows: is. a / x 3; b / y 2. Largest of the others: a / y 1."
    ),
    (
      "grid", "",
      "columns pixels, height, width, caption, row; 00ff, 1, 2, shoe, wrong; [-1], 1, 1, bag, wrong; [2], 1, 1, -, right",
      "Grid of images: 3 images. Rows: wrong; right. shoe; bag."
    ),
    (
      "curves", "", "columns trial, metric, epoch, value; a, loss, 1, 2; a, loss, 2, -; a, loss, 3, 1",
      "1 point without a value (at 2)"
    ),
    (
      "curves", "--| y_scale: log", "columns trial, metric, epoch, value; a, loss, 1, 2; a, loss, 2, 0",
      "1 point not above zero, not on the log axis (at 2)"
    ),
  ])
  func whatIsShown(kind: String, options: String, rows: String, expected: String) throws {
    let readme = try readme(kind, options, rows)
    #expect(readme.replacing("\\", with: "").contains(expected), "\(readme)")
  }
}
