import Foundation
import Text

/// How results look on stdout: how wide, and whether with color and bars.
public struct OutputStyle: Sendable {
  /// Columns of a line.
  public var width: Int
  /// Whether cells have colors.
  public var hasColor: Bool
  /// Whether values have bars beside them.
  public var hasBars: Bool
  /// Whether notes follow that explain a table.
  public var hasNotes: Bool

  /// Columns of a line on a terminal; nil elsewhere, where a line may be of any length.
  public var terminalWidth: Int? { hasNotes ? width : nil }

  /// The looks of a file: 80 columns, without color and bars.
  public static let plain = OutputStyle(width: 80, hasColor: false, hasBars: false, hasNotes: false)

  /// The looks of stdout: `COLUMNS` or the terminal's width, else 80 columns; color and bars on a terminal unless `NO_COLOR`
  /// or `isQuiet` asks for none.
  public static func standard(isQuiet: Bool) -> OutputStyle {
    let variables = ProcessInfo.processInfo.environment
    let isTerminal = isatty(1) == 1
    let isDumb = variables["TERM"] == "dumb"
    let hasColor = variables["NO_COLOR"].map(\.isEmpty) ?? true
    return OutputStyle(
      width: columns(variables["COLUMNS"]), hasColor: isTerminal && !isDumb && hasColor && !isQuiet,
      hasBars: isTerminal && !isDumb && !isQuiet && hasBraille(), hasNotes: isTerminal && !isQuiet)
  }

  private static func columns(_ variable: String?) -> Int {
    if let columns = variable.flatMap({ Int($0) }), (20...10_000).contains(columns) { return columns }
    var size = winsize()
    guard isatty(1) == 1, ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return 80 }
    return Int(size.ws_col)
  }

  /// A text with its color.
  func painted(_ text: String, _ emphasis: FittedTable.Emphasis) -> String {
    guard hasColor, !text.isEmpty else { return text }
    let code: Int? =
      switch emphasis {
      case .plain: nil
      case .good: 32
      case .bad: 31
      case .active: 33
      case .faint: 2
      }
    return code.map { "\u{1B}[\($0)m\(text)\u{1B}[0m" } ?? text
  }

  /// A share of the whole as a bar of so many columns; empty where bars are not wanted.
  func bar(_ share: Double?, columns: Int = 8) -> String {
    guard hasBars, let share, share.isFinite else { return "" }
    let eighths = Int((min(1, max(0, share)) * Double(columns * 8)).rounded())
    let part = eighths % 8
    // U+2588 is a full block; those after it have an eighth less each.
    return String(repeating: "\u{2588}", count: eighths / 8)
      + (part == 0 ? "" : String(UnicodeScalar(UInt32(0x2590 - part))!))
  }

  /// A table with a line above it for what all rows have in common, and the columns that were left out.
  func lines(_ table: FittedTable) -> (text: [String], omitted: [String]) {
    let fit = table.fit(width: width, paint: painted)
    let common = fit.common.map { "\($0.title) \($0.value)" }.joined(separator: ", ")
    let above = common.isEmpty ? [] : wrapped("all: \(common)", width: width).split(separator: "\n").map(String.init)
    return (above.map { painted($0, .faint) } + fit.lines, fit.omitted)
  }
}
