/// A file's text as an editor shows it: without a byte-order mark, its lines ended by LF, CRLF or CR alone.
///
/// U+0085, U+2028 and U+2029 end a line for the YAML 1.1 parser but neither for YAML 1.2 nor for editors; the parser gets
/// stand-ins for them that occur nowhere else in the text.
struct SourceText {
  /// The lines without their ends, as scalars.
  private(set) var lines: [[Unicode.Scalar]] = [[]]
  /// Scalars of a private area that the text does not have.
  private var unused: [Unicode.Scalar]
  private var standIns: [Unicode.Scalar: Unicode.Scalar] = [:]

  private static let privateArea: ClosedRange<UInt32> = 0xF0000...0xFFFFD
  private static let separators: [Unicode.Scalar] = ["\u{85}", "\u{2028}", "\u{2029}"]

  init(_ text: String) {
    var present: Set<UInt32> = []
    var scalars = text.unicodeScalars[...]
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    var isAfterReturn = false
    for scalar in scalars {
      if Self.privateArea.contains(scalar.value) { present.insert(scalar.value) }
      switch scalar {
      case "\r": lines.append([])
      case "\n": if !isAfterReturn { lines.append([]) }
      default: lines[lines.count - 1].append(scalar)
      }
      isAfterReturn = scalar == "\r"
    }
    unused = Self.privateArea.lazy.filter { !present.contains($0) }.prefix(64).map { Unicode.Scalar($0)! }
    for separator in Self.separators { standIns[separator] = unused.removeLast() }
  }

  /// A scalar that occurs nowhere in the text; nil when all were given out.
  mutating func unusedScalar() -> Unicode.Scalar? { unused.popLast() }

  /// What the parser reads.
  var forParser: String {
    var text = String.UnicodeScalarView()
    for (index, line) in lines.enumerated() {
      if index > 0 { text.append("\n") }
      for scalar in line { text.append(standIns[scalar] ?? scalar) }
    }
    return String(text)
  }

  /// A value that the parser read, as it was written; `inserted` are scalars that are not the file's.
  func restored(_ value: String, without inserted: Set<Unicode.Scalar>) -> String {
    guard value.unicodeScalars.contains(where: { Self.privateArea.contains($0.value) }) else { return value }
    let originals = Dictionary(uniqueKeysWithValues: standIns.map { ($1, $0) })
    return String(
      String.UnicodeScalarView(value.unicodeScalars.filter { !inserted.contains($0) }.map { originals[$0] ?? $0 }))
  }

  /// The first character that no YAML file may have.
  var firstForbidden: (line: Int, column: Int, scalar: Unicode.Scalar)? {
    for (index, line) in lines.enumerated() {
      for (column, scalar) in line.enumerated() where Self.isForbidden(scalar) {
        return (index + 1, column + 1, scalar)
      }
    }
    return nil
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x20...0x7E, 0x85, 0xA0...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: false
    default: true
    }
  }
}
