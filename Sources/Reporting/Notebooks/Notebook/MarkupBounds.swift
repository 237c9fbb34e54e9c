/// What a notebook's prose may have, far more than anybody writes: the Markdown parser takes the square of some of it, and
/// some of it gives a page of gigabytes.
package struct MarkupBounds {
  package static let lines = 50_000
  package static let brackets = 20_000
  package static let addresses = 5_000
  package static let emphasis = 100_000
  package static let tags = 20_000
  package static let inlines = 20_000
  /// Places where a value or citation may begin.
  package static let beginnings = 60_000
  package static let nesting = 50
  package static let tableCells = 200_000
  /// Bytes that links to definitions may become.
  package static let linkBytes = 16 << 20

  private var brackets = 0
  private var closings = 0
  private var emphasis = 0
  private var tags = 0
  private var cells = 0
  /// Of the table at hand.
  private var columns = 0
  /// Bytes of the paragraph at hand, whether it may define a link, and the longest that may.
  private var paragraph = 0
  private var mayDefine = false
  private var longest = 0

  /// The first thing that is too much; nil for none.
  package static func problem(_ lines: [String]) -> (line: Int, problem: ReportProblem)? {
    func tooMany(_ what: String, _ limit: Int, _ line: Int) -> (Int, ReportProblem) {
      (line, .tooMany(what, limit: limit))
    }
    func tooDeep(_ line: Int) -> (Int, ReportProblem) {
      (line, .tooDeep("quotes and lists in one another", limit: Self.nesting))
    }
    guard lines.count <= Self.lines else { return tooMany("lines", Self.lines, Self.lines) }
    var (inlines, beginnings) = (0, 0)
    for line in lines {
      var (last, before) = (UInt8(0), UInt8(0))
      for byte in line.utf8 {
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "@") { beginnings += 1 }
        // A letter behind two braces, or behind a bracket and a sign.
        let isValue = last == UInt8(ascii: "{") && before == last && byte > 64 && byte != UInt8(ascii: "{")
        if isValue || last == UInt8(ascii: "@") && before == UInt8(ascii: "[") && byte > 64 { inlines += 1 }
        (before, last) = (last, byte)
      }
    }
    guard inlines <= Self.inlines else { return tooMany("values and citations", Self.inlines, 1) }
    guard beginnings <= Self.beginnings else { return tooMany("braces, brackets and signs @", Self.beginnings, 1) }
    var bounds = MarkupBounds()
    for (index, line) in lines.enumerated() {
      bounds.count(line)
      let number = index + 1
      if depth(line) > Self.nesting { return tooDeep(number) }
      if bounds.brackets > Self.brackets { return tooMany("brackets", Self.brackets, number) }
      if bounds.emphasis > Self.emphasis { return tooMany("signs of emphasis", Self.emphasis, number) }
      if bounds.tags > Self.tags { return tooMany("signs <", Self.tags, number) }
      if bounds.cells > Self.tableCells { return tooMany("cells of tables", Self.tableCells, number) }
    }
    bounds.endParagraph()
    let (bytes, isTooLarge) = bounds.longest.multipliedReportingOverflow(by: bounds.closings)
    if isTooLarge || bytes > Self.linkBytes {
      return tooMany("bytes of links by their definitions", Self.linkBytes, 1)
    }
    return nil
  }

  /// The same of what is left where expressions are found: signs that Markdown may take for addresses.
  package static func addressProblem(_ lines: [String], numbers: [Int]) -> (line: Int, problem: ReportProblem)? {
    var count = 0
    for (line, number) in zip(lines, numbers) {
      count += line.utf8.count { $0 == UInt8(ascii: "@") }
      if count > addresses { return (number, .tooMany("signs @", limit: addresses)) }
    }
    return nil
  }

  private mutating func count(_ line: String) {
    var (pipes, dashes, others, last) = (0, 0, 0, UInt8(0))
    for byte in line.utf8 {
      switch byte {
      case UInt8(ascii: "["): (brackets, others) = (brackets + 1, others + 1)
      case UInt8(ascii: "]"): (closings, others) = (closings + 1, others + 1)
      case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"): (emphasis, others) = (emphasis + 1, others + 1)
      case UInt8(ascii: ":") where last == UInt8(ascii: "]"): mayDefine = true
      case UInt8(ascii: "<"): (tags, others) = (tags + 1, others + 1)
      case UInt8(ascii: "|"): pipes += 1
      case UInt8(ascii: "-"): dashes += 1
      case UInt8(ascii: ":"), UInt8(ascii: ">"), 0x20, 0x09: break
      default: others += 1
      }
      last = byte
    }
    if line.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ">") }) {
      endParagraph()
    } else {
      paragraph += line.utf8.count + 1
    }
    // Rows with fewer cells than the line under the table's head are filled up.
    if dashes > 0, others == 0, pipes + 1 > columns { columns = pipes + 1 }
    cells += max(columns > 1 ? columns : 0, pipes)
  }

  private mutating func endParagraph() {
    if mayDefine { longest = max(longest, paragraph) }
    (paragraph, mayDefine, columns) = (0, false, 0)
  }

  /// How many quotes and lists a line opens in one another.
  private static func depth(_ line: String) -> Int {
    var depth = 0
    var rest = Substring(line).utf8
    while let first = rest.first {
      if first == 0x20 || first == 0x09 {
        rest.removeFirst()
      } else if first == UInt8(ascii: ">") {
        depth += 1
        rest.removeFirst()
      } else {
        var mark = rest.dropFirst()
        if (48...57).contains(first) {
          mark = rest.drop { (48...57).contains($0) }.dropFirst()
        } else if ![UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*")].contains(first) {
          return depth
        }
        guard let space = mark.first, space == 0x20 || space == 0x09 else { return depth }
        depth += 1
        rest = mark
      }
    }
    return depth
  }
}
