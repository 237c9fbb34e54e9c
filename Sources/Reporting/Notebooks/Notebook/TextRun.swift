/// The lines of one paragraph while its expressions are looked for.
package struct TextRun {
  package let scalars: [Unicode.Scalar]
  package var place = 0
  /// Texts that are not found again behind these places.
  private var missing: [String: Int] = [:]
  /// The last run of so many backticks.
  private let lastTicks: [Int: Int]
  /// The last end of a comment.
  private let lastCommentEnd: Int
  /// The signs of emphasis that are open, by sign and length.
  private var open: Set<String> = []

  package init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    var last: [Int: Int] = [:]
    var place = 0
    while place < scalars.count {
      guard scalars[place] == "`" else {
        place += 1
        continue
      }
      let length = Self.length(of: "`", scalars, at: place)
      last[length] = place
      place += length
    }
    lastTicks = last
    var end = scalars.count - 3
    while end >= 0, !(scalars[end] == "-" && scalars[end + 1] == "-" && scalars[end + 2] == ">") { end -= 1 }
    lastCommentEnd = end
  }

  package var before: Unicode.Scalar? { place > 0 ? scalars[place - 1] : nil }

  package func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }

  /// A part over line ends as one line.
  package func unwrapped(_ range: Range<Int>) -> String { unwrappedLines(text(range)) }

  package func starts(_ text: String, at start: Int? = nil) -> Bool {
    var place = start ?? place
    for scalar in text.unicodeScalars {
      guard place < scalars.count, scalars[place] == scalar else { return false }
      place += 1
    }
    return true
  }

  /// The next place of a text; nil for none.
  package mutating func find(_ text: String, from start: Int) -> Int? {
    if let known = missing[text], start >= known { return nil }
    var place = start
    while place < scalars.count {
      if starts(text, at: place) { return place }
      place += 1
    }
    missing[text] = start
    return nil
  }

  private static func length(of scalar: Unicode.Scalar, _ scalars: [Unicode.Scalar], at place: Int) -> Int {
    var end = place
    while end < scalars.count, scalars[end] == scalar { end += 1 }
    return end - place
  }

  /// How much from here is taken as it is: an escaped sign, code, a comment.
  package var literalLength: Int? {
    switch scalars[place] {
    case "\\":
      return place + 1 < scalars.count && scalars[place + 1] != "\n" ? 2 : 1
    case "`":
      let length = Self.length(of: "`", scalars, at: place)
      guard let last = lastTicks[length], last > place else { return length }
      var end = place + length
      while end < scalars.count {
        guard scalars[end] == "`" else {
          end += 1
          continue
        }
        let other = Self.length(of: "`", scalars, at: end)
        end += other
        if other == length { return end - place }
      }
      return length
    case "<" where lastCommentEnd > place && starts("<!--"):
      var end = place + 4
      while end < scalars.count {
        if starts("-->", at: end) { return end + 3 - place }
        end += 1
      }
      return nil
    default: return nil
    }
  }

  /// What is within the brackets that begin here, if there is no other bracket in it.
  package var bracketed: String? {
    var end = place + 1
    while end < scalars.count, scalars[end] != "]" {
      if scalars[end] == "[" || scalars[end] == "`" || scalars[end] == "{" { return nil }
      end += 1
    }
    return end < scalars.count ? text((place + 1)..<end) : nil
  }

  /// How many signs of emphasis begin here.
  package var delimiterLength: Int? {
    guard scalars[place] == "*" || scalars[place] == "~" else { return nil }
    return Self.length(of: scalars[place], scalars, at: place)
  }

  /// Whether a mark before or behind signs of emphasis lets them work: Chinese has no spaces around its punctuation.
  package mutating func emphasisMarks(_ length: Int) -> (before: Bool, after: Bool) {
    let space: Unicode.Scalar = " "
    let before = before ?? space
    let after = place + length < scalars.count ? scalars[place + length] : space
    func isWide(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x2E80 && isWordScalar(scalar) }
    let key = "\(scalars[place])\(length)"
    if open.contains(key) {
      guard !before.properties.isWhitespace else { return (false, false) }
      open.remove(key)
      return (isPunctuation(before) && isWide(after), false)
    }
    guard !after.properties.isWhitespace else { return (false, false) }
    open.insert(key)
    return (false, isWide(before) && isPunctuation(after))
  }
}

/// What Markdown takes for punctuation beside emphasis.
package func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
    .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
    true
  default: false
  }
}
