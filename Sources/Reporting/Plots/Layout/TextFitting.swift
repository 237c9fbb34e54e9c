/// Makes text from outside fit to be drawn as one line.
///
/// Line breaks and tabs become spaces; other control and invisible formatting characters go (bidirectional
/// overrides too; the joiners of scripts and emoji stay); runs of spaces and of combining marks are cut short;
/// what is longer than `limit` Unicode scalars ends in an ellipsis.
package func drawable(_ text: String, limit: Int = 300) -> String {
  if isDrawable(text, limit: limit) { return text }
  var scalars = String.UnicodeScalarView()
  // Counted here: the view counts its scalars anew each time.
  var (count, marks) = (0, 0)
  func append(_ scalar: Unicode.Scalar) {
    scalars.append(scalar)
    count += 1
  }
  for scalar in text.unicodeScalars {
    if count >= limit {
      return String(scalars) + "…"
    }
    switch scalar.properties.generalCategory {
    case .control where scalar == "\n" || scalar == "\t" || scalar == "\r",
      .lineSeparator, .paragraphSeparator,
      .spaceSeparator where scalar == " ":
      if !scalars.isEmpty, scalars.last != " " { append(" ") }
      marks = 0
    case .control, .surrogate:
      break
    case .format where scalar != "\u{200C}" && scalar != "\u{200D}":
      break
    case .nonspacingMark, .enclosingMark:
      marks += 1
      if marks <= 3 { append(scalar) }
    default:
      marks = 0
      append(scalar)
    }
  }
  if scalars.last == " " { scalars.removeLast() }
  return String(scalars)
}

/// Whether a text is plain ASCII that is drawn as it is, as most are.
private func isDrawable(_ text: String, limit: Int) -> Bool {
  let space = UInt8(ascii: " ")
  var (count, last) = (0, space)
  for byte in text.utf8 {
    count += 1
    guard count <= limit, (0x20...0x7E).contains(byte), byte != space || last != space else { return false }
    last = byte
  }
  return count == 0 || last != space
}

extension TextMeasure {
  /// The longest beginning of a text that fits with an ellipsis, or all of it.
  package func elided(_ text: String, to width: Double, font: DisplayList.Font) -> String {
    if self.width(text, font) <= width { return text }
    let characters = Array(text)
    var (fits, tooMany) = (0, characters.count)
    while tooMany - fits > 1 {
      let middle = (fits + tooMany) / 2
      if self.width(String(characters[..<middle]) + "…", font) <= width {
        fits = middle
      } else {
        tooMany = middle
      }
    }
    var kept = characters[..<fits]
    while kept.last == " " { kept.removeLast() }
    return String(kept) + "…"
  }

  /// A text on at most `lines` lines, broken at spaces and between ideographs; the last is elided if need be.
  package func wrapped(_ text: String, to width: Double, lines: Int, font: DisplayList.Font) -> [String] {
    var result: [String] = []
    var rest = breakable(text)[...]
    while let first = rest.first, result.count < lines - 1 {
      var line = first
      var taken = rest.dropFirst()
      while let next = taken.first, self.width(trimmed(line + next), font) <= width {
        line += next
        taken = taken.dropFirst()
      }
      // A word that is too long for a line of its own fills what it can and goes on below.
      if self.width(trimmed(line), font) > width {
        let characters = Array(line)
        var (count, tooMany) = (1, characters.count)
        while tooMany - count > 1 {
          let middle = (count + tooMany) / 2
          if self.width(String(characters[..<middle]), font) <= width { count = middle } else { tooMany = middle }
        }
        line = String(characters[..<count])
        rest = [String(characters[count...])] + taken
      } else {
        rest = taken
      }
      result.append(trimmed(line))
    }
    if !rest.isEmpty { result.append(elided(trimmed(rest.joined()), to: width, font: font)) }
    return result.isEmpty ? [""] : result
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }

  /// Pieces between which a line may be broken; a space stays with the word before it.
  private func breakable(_ text: String) -> [String] {
    var pieces: [String] = []
    var word = ""
    for character in text {
      if isIdeograph(character) {
        if !word.isEmpty { pieces.append(word) }
        pieces.append(String(character))
        word = ""
      } else {
        word.append(character)
        if character == " " {
          pieces.append(word)
          word = ""
        }
      }
    }
    if !word.isEmpty { pieces.append(word) }
    return pieces
  }

  private func isIdeograph(_ character: Character) -> Bool {
    character.unicodeScalars.first.map { $0.properties.isIdeographic || (0x3040...0x30FF).contains($0.value) } ?? false
  }
}
