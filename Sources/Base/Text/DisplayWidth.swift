/// The columns that a text takes on a terminal: two for East Asian wide characters and emoji, none for marks that combine with
/// the character before them.
public func displayWidth(_ text: String) -> Int {
  // Counting characters costs much more than counting bytes.
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.reduce(0) { $0 + displayWidth($1) }
}

/// The columns that one character takes.
public func displayWidth(_ character: Character) -> Int {
  let scalars = character.unicodeScalars
  // A sequence of emoji is drawn as one.
  if scalars.contains(where: { $0.value == 0xFE0F || $0.properties.isEmojiPresentation }) { return 2 }
  return scalars.reduce(0) { $0 + width($1) }
}

/// A text cut to so many columns, with `…` in the place of what is left out.
public func fitted(_ text: String, width: Int) -> String {
  guard displayWidth(text) > width else { return text }
  var kept = ""
  var columns = 1
  for character in text {
    columns += displayWidth(character)
    guard columns <= width else { break }
    kept.append(character)
  }
  return width > 0 ? kept + "…" : ""
}

/// A text with spaces behind it, or before it, so that it takes so many columns; as it is where it takes more.
public func padded(_ text: String, to columns: Int, atFront: Bool = false) -> String {
  let space = String(repeating: " ", count: max(0, columns - displayWidth(text)))
  return atFront ? space + text : text + space
}

private func width(_ scalar: Unicode.Scalar) -> Int {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .spacingMark, .format, .control: return 0
  default: break
  }
  // The vowels and final consonants of Hangul, which join the syllable's first.
  if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value) { return 0 }
  return wide.contains { $0.contains(scalar.value) } ? 2 : 1
}

/// What Unicode's `EastAsianWidth.txt` has as W or F, but emoji.
private let wide: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0xA4C6,
  0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
  0x16FE0...0x18D08, 0x1AFF0...0x1B2FB, 0x1D300...0x1D376, 0x1F200...0x1F265, 0x1F300...0x1F320, 0x1F90C...0x1F9FF,
  0x20000...0x2FFFD, 0x30000...0x3FFFD,
]
