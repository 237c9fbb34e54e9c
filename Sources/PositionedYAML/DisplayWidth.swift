/// The columns of a terminal that a text takes: wide characters two, combining ones none. Tabs are not counted.
func displayWidth(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + displayWidth($1) } }

/// The columns that one character takes.
func displayWidth(_ character: Character) -> Int {
  let scalars = character.unicodeScalars
  if scalars.contains(where: { $0 == "\u{FE0F}" || isWide($0) }) { return 2 }
  return scalars.contains { !isCombining($0) } ? 1 : 0
}

/// Marks and formatting characters, which are drawn over what is before them or not at all.
private func isCombining(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: true
  default: false
  }
}

/// East Asian width `W` and `F`, by blocks.
private func isWide(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x18CFF, 0x1B000...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD:
    true
  default: scalar.value > 0xFF && scalar.properties.isEmojiPresentation
  }
}

extension Unicode.Scalar {
  /// Whether it would drive the terminal that shows it, or end or turn its line.
  var isUnprintable: Bool {
    switch properties.generalCategory {
    case .control: self != "\t"
    case .lineSeparator, .paragraphSeparator, .surrogate: true
    case .format: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    default: false
    }
  }
}
