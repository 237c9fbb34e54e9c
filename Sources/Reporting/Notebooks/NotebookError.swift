import Text
public import Files
public import PositionedYAML

/// One thing that keeps a notebook from being rendered, as a fact.
public enum ReportProblem: Hashable, Sendable, CustomStringConvertible {
  case frontMatterOpen
  case badBibliography(String)
  case badCellsFile(String)
  case badImage(String, reason: String)
  case badFormula(String, reason: String)
  case cellInIndentedCode(String)
  case cellInHTML(String)
  case fenceSwallows(String, line: Int)
  case sharedKind(String, kind: String, file: String, line: Int)
  case sharedQuery(String, file: String, line: Int)
  case sharedOption(String, file: String, line: Int)
  case unknownCellKind(String, nearest: String?)
  case badCellHead(String)
  case badID(String)
  case reservedID(String)
  case doubledID(String, line: Int)
  case fenceNotClosed
  case cellSwallows(String, other: String, line: Int)
  case lateOption(String)
  case doubledOption(String, line: Int)
  case doubledColumn(String, id: String)
  case openComment
  case emptyCell(kind: String)
  case noSharedCell(String, kind: String, file: String, nearest: String?)
  case unknownOption(String, kind: String, nearest: String?)
  case badOption(String, value: String, expected: String)
  case optionOfOtherTest(String, test: String, tests: [String])
  case badCondition(String)
  case misplacedCondition(String)
  case conditionNotClosed
  case conditionNotOpen
  case unknownID(String, nearest: String?)
  case unknownColumn(String, id: String, columns: [String])
  case misspeltColumn(String, kind: String, nearest: String)
  case badInline(String, reason: String)
  case badAlert(String, nearest: String?)
  case unknownParameter(String, nearest: String?)
  case badQuery(reason: String)
  case laterView(String, line: Int)
  case viewCircle([String])
  /// `place` is where that cell is, as half a sentence.
  case notAView(String, kind: String, place: String)
  case noRows(kind: String, id: String)
  case noValue(kind: String, id: String)
  case wrongColumns(kind: String, expected: String, found: [String])
  /// `value` is nil for NULL.
  case notANumber(column: String, value: String?)
  /// What is wrong with an image of a grid, as half a sentence.
  case badPixels(String)
  case drawing(reason: String)
  case claimWithoutSentence(String)
  case tooManyRows(id: String, rows: Int)
  case notATruth(column: String, value: String)
  case notACount(column: String, value: String)
  case wrongCounts(String)
  case wrongInterval(low: String, high: String)
  case claimUnderClaim(String, condition: String)
  case hiddenClaim(String)
  case unknownReference(String, nearest: String?)
  case wrongReference(String, kind: String, right: String?)
  case unknownCitation(String, nearest: String?)
  case unknownSection(String, nearest: String?)
  case badBibTeX(String)
  case badCSL(String)
  case tooMany(String, limit: Int, remedy: String = "split the notebook into several")
  case tooDeep(String, limit: Int)
  case doubledKey(String, line: Int)

  public var description: String {
    switch self {
    case .frontMatterOpen: "the front matter has no end; close it with a line of three dashes"
    case .badBibliography(let name):
      "the bibliography \"\(shortened(name))\" must be a file beside the notebook, not elsewhere and no link"
    case .badCellsFile(let name):
      "the file of cells \"\(shortened(name))\" must be a file beside the notebook, not elsewhere and no link"
    case .badImage(let address, let reason): "the image \"\(shortened(address))\" cannot be shown: \(reason)"
    case .badFormula(let tex, let reason): "the formula $\(shortened(tex))$: \(reason)"
    case .cellInIndentedCode(let head):
      "the cell \(shortened(head)) is in indented code and does not run; indent it less, or show it in a longer fence"
    case .cellInHTML(let head):
      "the cell \(shortened(head)) is in raw HTML, which is left out; put an empty line before it"
    case .fenceSwallows(let head, let line):
      "the block of code has no end before the cell \(shortened(head)) in line \(line); close it, or give it a longer fence"
    case .sharedKind(let id, let kind, let file, let line):
      "the cell \"\(id)\" of \(file), line \(line), is a \(kind) cell"
    case .sharedQuery(let id, let file, let line):
      "the query of \"\(id)\" is in \(file), line \(line); leave it out here, or choose another id"
    case .sharedOption(let name, let file, let line):
      "the option \"\(name)\" belongs to the cell in \(file), line \(line), for every language"
    case .unknownCellKind(let kind, let nearest):
      "there is no cell of the kind \"\(shortened(kind))\"; "
        + (nearest.map { "did you mean \"\($0)\"?" } ?? "there are \(CellKind.names)")
    case .badCellHead(let head): "\"\(shortened(head))\" is not the head of a cell; write {kind id}"
    case .badID(let id):
      "\"\(shortened(id))\" is no id; an id has up to 60 lower-case letters a to z, digits, dashes and underscores"
    case .reservedID(let id): "the id \"\(id)\" belongs to the notebook's parameters; choose another"
    case .doubledID(let id, let line): "the id \"\(id)\" is taken by the cell in line \(line); choose another"
    case .lateOption(let text):
      "\(shortened(text)) would be a comment of the query; write options as `--| name: value`, directly below the cell's first line"
    case .doubledOption(let name, let line): "the option \"\(name)\" is given in line \(line) already; leave one out"
    case .doubledColumn(let name, let id):
      "the query of \"\(id)\" gives two columns \"\(shortened(name))\"; name one of them otherwise with AS"
    case .openComment:
      "a comment is not one to HTML, as it has -- inside or no end, and would be shown; write <!-- text -->"
    case .cellSwallows(let head, let other, let line):
      "the cell \(shortened(head)) has no end before the cell \(shortened(other)) in line \(line); close it with as many backticks as it begins with"
    case .fenceNotClosed: "the cell has no end; close it with as many backticks as it begins with"
    case .emptyCell(let kind): "the \(kind) cell has no query"
    case .noSharedCell(let id, let kind, let file, let nearest):
      "the \(kind) cell has no query, and \(file) has no cell \"\(id)\""
        + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
    case .unknownOption(let option, let kind, let nearest):
      "a \(kind) cell has no option \"\(shortened(option))\""
        + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
    case .badOption(let option, let value, let expected):
      "\(option) is \"\(shortened(value))\"; \(expected) was expected"
    case .badCondition(let text):
      "\"\(shortened(text))\" is no condition; write :::{if id}, :::{if id.column} or :::{unless id}"
    case .optionOfOtherTest(let option, let test, let tests):
      "`test: \(test)` has no \(option); leave it out, or choose a test that has one (\(tests.joined(separator: ", ")))"
    case .misplacedCondition(let text):
      "\"\(shortened(text))\" must be at the line's beginning, on a line of its own, outside of lists and quotes"
    case .conditionNotClosed: "the condition has no end; close it with a line of three colons"
    case .conditionNotOpen: "three colons close a condition, and none is open"
    case .unknownID(let id, let nearest):
      "there is no query or table \"\(shortened(id))\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
    case .unknownColumn(let column, let id, let columns):
      "\"\(id)\" has no column \"\(shortened(column))\"; "
        + (nearest(to: column, among: columns).map { "did you mean \"\($0)\"?" }
          ?? "it has \(columns.joined(separator: ", "))")
    case .misspeltColumn(let column, let kind, let nearest):
      "a \(kind) cell does not read the column \"\(shortened(column))\"; did you mean \"\(nearest)\"?"
    case .badInline(let text, let reason): "\(shortened(text)): \(reason)"
    case .badAlert(let text, let nearest):
      "\(shortened(text)) is no kind of box; "
        + (nearest.map { "did you mean [!\($0.uppercased())]?" }
          ?? "there are \(Alert.markers); write \\[ for a bracket")
    case .unknownParameter(let name, let nearest):
      "the front matter has no parameter \"\(shortened(name))\""
        + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
    case .badQuery(let reason): reason
    case .laterView(let id, let line):
      "the query reads the view \"\(id)\", which is defined later, in line \(line); put the view first"
    case .viewCircle(let ids):
      "views read one another in a cycle: \(ids.joined(separator: " → ")); write one of them without the others"
    case .notAView(let id, let kind, let place):
      "the query reads \"\(id)\", which is a \(kind) cell (\(place)) and no view; "
        + (kind == CellKind.query.rawValue
          ? "give that cell `--| view: true`" : "put its query into a query cell with `--| view: true`")
    case .noRows(let kind, let id):
      "the \(kind) cell \"\(id)\" finds no rows; run the experiment first, or give it "
        + (kind == CellKind.query.rawValue ? "`--| optional: true`" : "an option `otherwise`")
    case .noValue(let kind, let id):
      "the \(kind) cell \"\(id)\" finds no rows, so there is no value here; put this into a condition on there being rows, "
        + "or let the query always give one, as with max()"
    case .wrongColumns(let kind, let expected, let found):
      "a \(kind) cell needs the columns \(expected), and the query gives \(found.joined(separator: ", "))"
    case .badPixels(let reason): "an image cannot be shown: \(reason)"
    case .notANumber(let column, let value):
      "the column \(column) has \(value.map { "\"\(shortened($0))\"" } ?? "NULL"); a number was expected"
    case .drawing(let reason): "the chart cannot be drawn: \(reason)"
    case .claimWithoutSentence(let id): "the claim \"\(id)\" has no sentence; give it an option `says`"
    case .tooManyRows(let id, let rows): "\"\(id)\" finds \(rows) rows; one was expected"
    case .notATruth(let column, let value):
      "the column \(column) has \"\(shortened(value))\"; 1, 0 or NULL was expected, as a comparison gives it"
    case .notACount(let column, let value):
      "the column \(column) has \"\(shortened(value))\"; a whole number from 0 to 1,000,000,000 was expected"
    case .wrongCounts(let text): "there are \(text); successes are a part of the trials"
    case .wrongInterval(let low, let high):
      "the interval runs from \(shortened(low)) down to \(shortened(high)); low is the lower end and high the upper one"
    case .claimUnderClaim(let id, let condition):
      "the claim \"\(id)\" is inside a condition on the claim \"\(condition)\"; claims are judged together, so use a query"
    case .unknownReference(let text, let nearest):
      "\(shortened(text)) refers to no cell" + (nearest.map { "; did you mean \($0)?" } ?? "")
    case .wrongReference(let text, let kind, let right):
      "\(shortened(text)) refers to a \(kind) cell; "
        + (right.map { "write \($0)" } ?? "it has no number to refer to")
    case .unknownCitation(let key, let nearest):
      "the bibliography has no entry \"\(shortened(key))\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
    case .unknownSection(let anchor, let nearest):
      "no heading of the page has the anchor #\(shortened(anchor))"
        + (nearest.map { "; did you mean #\($0)?" } ?? "")
    case .badBibTeX(let reason), .badCSL(let reason): reason
    case .tooMany(let what, let limit, let remedy): "there are more than \(limit) \(what); \(remedy)"
    case .tooDeep(let what, let limit): "there are more than \(limit) \(what); put fewer into one another"
    case .doubledKey(let key, let line):
      "the key \"\(shortened(key))\" is taken by the entry in line \(line); choose another"
    case .hiddenClaim(let id):
      "the claim \"\(id)\" is not judged, as its condition does not hold; put this under the same condition"
    }
  }
}

/// Why a notebook cannot be rendered: what is wrong with files, or everything that is wrong with the notebook.
public enum NotebookError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A problem and its line.
  public struct Located: Hashable, Sendable {
    /// From 1.
    public var line: Int
    public var problem: ReportProblem
    /// Of a file that the notebook names; nil for the notebook itself.
    public var file: String?

    package init(line: Int, problem: ReportProblem, file: String? = nil) {
      (self.line, self.problem, self.file) = (line, problem, file)
    }
  }

  /// So many problems are reported.
  package static let shown = 100

  case file(FileError)
  /// A file that the front matter names cannot be read; `file` is the notebook, with the place of the name in it.
  case namedFile(FileError, file: String, line: Int, column: Int)
  case frontMatter(YAMLProblems)
  case notebook(file: String, problems: [Located])
  case settings([SettingProblem])

  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .namedFile(let error, let file, let line, let column): "\(file):\(line):\(column): \(error)"
    case .frontMatter(let problems): "\(problems)"
    case .notebook(let file, let problems):
      problems.prefix(Self.shown).map { "\($0.file ?? file):\($0.line): \($0.problem)" }.joined(separator: "\n")
        + (problems.count > Self.shown ? "\n\(file): and \(problems.count - Self.shown) more" : "")
    case .settings(let problems): problems.map { "\($0)" }.joined(separator: "\n")
    }
  }
}

/// What is wrong with a parameter that is set from outside.
public enum SettingProblem: Hashable, Sendable, CustomStringConvertible {
  case notASetting(String)
  case doubled(String)
  case unknown(String, nearest: String?, known: [String])
  case wrongKind(String, value: String, expected: String)

  public var description: String {
    switch self {
    case .notASetting(let text): "--set \(shortened(text)): write name=value"
    case .doubled(let name): "--set names \(shortened(name)) twice; leave one out"
    case .unknown(let name, let nearest, let known):
      "--set \(shortened(name)): the notebook has no such parameter; "
        + (nearest.map { "did you mean \"\($0)\"?" }
          ?? (known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"))
    case .wrongKind(let name, let value, let expected):
      "--set \(name): \"\(shortened(value))\" is given and \(expected) was expected"
    }
  }
}

extension NotebookError: Fault {
  public var kind: FaultKind {
    switch self {
    case .file(let error), .namedFile(let error, _, _, _): error.kind
    case .frontMatter, .notebook: .badInput
    case .settings: .usage
    }
  }
}
