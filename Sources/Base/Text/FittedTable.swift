/// Aligned columns that fit a width: what all rows have in common leaves the table, long names are cut in the middle, and
/// columns of less importance are left out.
public struct FittedTable: Sendable {
  /// What a cell says at a glance, for terminals with color.
  public enum Emphasis: Sendable, Hashable { case plain, good, bad, active, faint }

  /// A text, and what it says at a glance.
  public struct Cell: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// As a terminal may show it.
    public let text: String
    /// What it says at a glance.
    public let emphasis: Emphasis

    /// A cell; control characters are escaped.
    public init(_ text: String, _ emphasis: Emphasis = .plain) {
      self.text = printable(text)
      self.emphasis = emphasis
    }

    /// A plain cell.
    public init(stringLiteral text: String) { self.init(text) }
  }

  /// A column's title, and what may be done with it to fit.
  public struct Column: Sendable {
    /// The text above it.
    public var title: String
    /// Where its cells are aligned.
    public var alignment: TextTable.Alignment
    /// Whether it leaves the table where all rows have the same value.
    public var folds: Bool
    /// Whether its cells may be cut in the middle.
    public var shortens: Bool
    /// Columns with higher numbers are left out first; nil for never.
    public var dropRank: Int?

    /// A column.
    public init(
      _ title: String, _ alignment: TextTable.Alignment = .left, folds: Bool = false, shortens: Bool = false,
      dropRank: Int? = nil
    ) {
      self.title = title
      self.alignment = alignment
      self.folds = folds
      self.shortens = shortens
      self.dropRank = dropRank
    }
  }

  /// A table made to fit.
  public struct Fit: Sendable {
    /// What all rows have in common, by the columns' titles.
    public var common: [(title: String, value: String)]
    /// The titles, and a line a row.
    public var lines: [String]
    /// The titles of columns that are left out for lack of width.
    public var omitted: [String]
    /// The columns that the longest line takes, without what `paint` adds.
    public var width: Int
  }

  /// What a cell without a value shows.
  public static let absent = "–"

  private let columns: [Column]
  private var rows: [[Cell]] = []

  /// A table without rows.
  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row with a cell for each column.
  public mutating func add(_ row: [Cell]) {
    precondition(row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
    rows.append(row)
  }

  /// The table in at most `width` columns (nil for any) where its names can be cut so far; `paint` adds colors.
  public func fit(width: Int?, paint: (String, Emphasis) -> String = { text, _ in text }) -> Fit {
    var shown = columns.indices.filter { !isEmpty($0) }
    var common: [(title: String, value: String)] = []
    func fold() {
      let folded = shown.filter { columns[$0].folds && isConstant($0) }
      common = folded.map { (columns[$0].title, rows[0][$0].text) }
      shown.removeAll { folded.contains($0) }
    }
    if rows.count > 1 { fold() }
    var texts = rows.map { $0.map(\.text) }
    guard let width else { return Fit(common: common, shown, columns, rows, texts, [], paint) }
    if total(shown, texts) > width, rows.count == 1 { fold() }
    shorten(&texts, shown, width: width, floor: 18)
    var omitted: [String] = []
    while total(shown, texts) > width,
      let dropped = shown.filter({ columns[$0].dropRank != nil }).max(by: {
        (columns[$0].dropRank!, $0) < (columns[$1].dropRank!, $1)
      })
    {
      shown.removeAll { $0 == dropped }
      omitted.append(columns[dropped].title)
      texts = rows.map { $0.map(\.text) }
      shorten(&texts, shown, width: width, floor: 18)
    }
    shorten(&texts, shown, width: width, floor: 6)
    return Fit(common: common, shown, columns, rows, texts, omitted, paint)
  }

  /// Whether no row has anything in a column; a column that may leave the table leaves it without a value as well.
  private func isEmpty(_ column: Int) -> Bool {
    guard !rows.isEmpty else { return false }
    let mayLeave = columns[column].folds || columns[column].dropRank != nil
    return rows.allSatisfy { $0[column].text.isEmpty || mayLeave && $0[column].text == Self.absent }
  }

  private func isConstant(_ column: Int) -> Bool {
    rows.allSatisfy { $0[column].text == rows[0][column].text }
  }

  private func total(_ shown: [Int], _ texts: [[String]]) -> Int {
    shown.reduce(2 * max(0, shown.count - 1)) { $0 + Self.width(of: columns[$1].title, in: $1, texts) }
  }

  fileprivate static func width(of title: String, in column: Int, _ texts: [[String]]) -> Int {
    texts.reduce(displayWidth(title)) { max($0, displayWidth($1[column])) }
  }

  /// Cuts names until the table fits, the widest column first; none to less than `floor` columns.
  private func shorten(_ texts: inout [[String]], _ shown: [Int], width: Int, floor: Int) {
    let names = shown.filter { columns[$0].shortens }.sorted {
      (Self.width(of: "", in: $0, texts), $0) > (Self.width(of: "", in: $1, texts), $1)
    }
    for column in names {
      let excess = total(shown, texts) - width
      guard excess > 0 else { return }
      let natural = Self.width(of: "", in: column, texts)
      let originals = rows.map { $0[column].text }
      var wanted = max(floor, displayWidth(columns[column].title), natural - excess)
      while wanted < natural {
        if let short = distinctlyShortened(originals, to: wanted) {
          for (row, text) in short.enumerated() { texts[row][column] = text }
          break
        }
        wanted += 1
      }
    }
  }
}

extension FittedTable.Fit {
  fileprivate init(
    common: [(title: String, value: String)], _ shown: [Int], _ columns: [FittedTable.Column],
    _ rows: [[FittedTable.Cell]], _ texts: [[String]], _ omitted: [String],
    _ paint: (String, FittedTable.Emphasis) -> String
  ) {
    let widths = shown.map { FittedTable.width(of: columns[$0].title, in: $0, texts) }
    var widest = 0
    func line(_ cells: [(text: String, emphasis: FittedTable.Emphasis)]) -> String {
      var (text, plain) = ("", 0)
      // Spaces wait until something follows them: no line ends with one.
      var spaces = 0
      for (index, cell) in cells.enumerated() {
        let gap = widths[index] - displayWidth(cell.text)
        let isRight = columns[shown[index]].alignment == .right
        spaces += isRight ? gap : 0
        if !cell.text.isEmpty {
          text += String(repeating: " ", count: spaces) + paint(cell.text, cell.emphasis)
          plain += spaces + displayWidth(cell.text)
          spaces = 0
        }
        spaces += (isRight ? 0 : gap) + 2
      }
      widest = max(widest, plain)
      return text
    }
    self.common = common
    self.omitted = omitted
    lines = [line(shown.map { (columns[$0].title, .faint) })]
    lines += rows.indices.map { row in line(shown.map { (texts[row][$0], rows[row][$0].emphasis) }) }
    width = widest
  }
}
