/// Digits that somebody typed into a sentence, which no query keeps right.
public struct UnboundNumber: Sendable, Hashable {
  public var text: String
  /// From 1.
  public var line: Int
}

/// A piece of a notebook's prose, without code, addresses and raw HTML.
package struct ProseText: Sendable, Hashable {
  package var text: String
  /// From 1.
  package var line: Int
  package var isHeading = false
  /// The file of shared cells that it is from; nil for the notebook itself.
  package var file: String?
}

/// The numbers in a text that are neither inlines, nor constants, nor part of a name such as VGG-11 or F4.
package func unboundNumbers(_ prose: ProseText, constants: [String]) -> [UnboundNumber] {
  var text = prose.text
  for constant in constants.sorted(by: { ($1.count, $0) < ($0.count, $1) }) { text = without(constant, text) }
  let scalars = Array(text.unicodeScalars)
  var found: [UnboundNumber] = []
  // Where the last name ended: what a dash attaches to it belongs to it, as in VGG-11-96.
  var nameEnd = -1
  var place = prose.isHeading ? enumeration(scalars) : 0
  while place < scalars.count {
    guard isDigit(scalars[place]) else {
      place += 1
      continue
    }
    let start = place
    while place < scalars.count,
      isDigit(scalars[place])
        || (".,".unicodeScalars.contains(scalars[place]) && place + 1 < scalars.count && isDigit(scalars[place + 1]))
    { place += 1 }
    let goesOn = start > 0 && start - 1 == nameEnd && isDash(scalars[start - 1])
    if goesOn || isName(scalars, start) || isOrdinal(scalars, place) {
      while place < scalars.count, isLatin(scalars[place]) || isDigit(scalars[place]) { place += 1 }
      nameEnd = place
      continue
    }
    found.append(
      UnboundNumber(text: String(String.UnicodeScalarView(scalars[start..<place])), line: prose.line))
  }
  return found
}

/// Behind a heading's own number, as in `2. Why`, `2.1 Why` or `2、`.
private func enumeration(_ scalars: [Unicode.Scalar]) -> Int {
  let digits = scalars.prefix { isDigit($0) || $0 == "." }.count
  guard digits > 0, digits < scalars.count else { return 0 }
  let isNumbered = scalars[digits] == "、" || scalars[digits] == " " && scalars[..<digits].contains(".")
  guard isNumbered else { return 0 }
  return digits
}

/// A number that is attached to a letter before it, itself or by a dash.
private func isName(_ scalars: [Unicode.Scalar], _ start: Int) -> Bool {
  guard start > 0 else { return false }
  return isLatin(scalars[start - 1]) || start > 1 && isDash(scalars[start - 1]) && isLatin(scalars[start - 2])
}

private func isDash(_ scalar: Unicode.Scalar) -> Bool { "-\u{2010}\u{2011}_".unicodeScalars.contains(scalar) }

/// `1st`, `2nd`, `3D`.
private func isOrdinal(_ scalars: [Unicode.Scalar], _ end: Int) -> Bool {
  let rest = String(String.UnicodeScalarView(scalars[end...].prefix { isLatin($0) }))
  return ["st", "nd", "rd", "th", "D"].contains(rest)
}

/// Letters of alphabets; Chinese characters stand beside numbers without being one name with them.
private func isLatin(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic && scalar.value < 0x2E80 }

/// A text without the occurrences of a constant that are not part of a longer number.
private func without(_ constant: String, _ text: String) -> String {
  var result = ""
  var rest = text[...]
  while let range = rest.firstRange(of: constant) {
    let before = rest[..<range.lowerBound]
    let behind = rest[range.upperBound...]
    let isPart =
      before.unicodeScalars.last.map { isDigit($0) || $0 == "." && behindDigit(before) } ?? false
      || behind.unicodeScalars.first.map { isDigit($0) } ?? false || startsFraction(behind)
    result += before
    result += isPart ? String(rest[range]) : "\u{FFFC}"
    rest = behind
  }
  return result + rest
}

private func behindDigit(_ text: Substring) -> Bool { text.unicodeScalars.dropLast().last.map(isDigit) ?? false }

/// `.5` or `,000` behind a number.
private func startsFraction(_ text: Substring) -> Bool {
  let scalars = text.unicodeScalars.prefix(2)
  return scalars.first.map { $0 == "." || $0 == "," } ?? false && scalars.dropFirst().first.map(isDigit) ?? false
}
