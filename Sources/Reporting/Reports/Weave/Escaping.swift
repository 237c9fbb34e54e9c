/// A text for HTML's text and attributes.
func escapedHTML(_ text: String) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n": result.unicodeScalars.append(scalar)
    default:
      result.unicodeScalars.append(
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || isMark(scalar)
          ? "\u{FFFD}" : scalar)
    }
  }
  return result
}

/// A text for a sentence or a table cell of GitHub's Markdown: nothing in it is markup.
func escapedMarkdown(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\\", "`", "*", "_", "[", "]", "|", "~": result += "\\\(scalar)"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "&": result += "&amp;"
    case "\n", "\r", "\t": result += " "
    default: result.unicodeScalars.append(scalar.value < 0x20 || isMark(scalar) ? "\u{FFFD}" : scalar)
    }
  }
  return result
}

/// A caption or sentence of the notebook for Markdown: text between backticks stays code, inlines keep their marks.
func sentenceMarkdown(_ text: String) -> String {
  sentenceParts(text).map { isCode, part in
    if isCode { return "`\(part)`" }
    return part.split(separator: Character(Notebook.inlineMark), omittingEmptySubsequences: false)
      .map { escapedMarkdown(String($0)) }.joined(separator: String(Notebook.inlineMark))
  }.joined()
}

/// Whether a character is one that the weaver puts in the place of something else.
func isMark(_ scalar: Unicode.Scalar) -> Bool { (0xE000...0xE00F).contains(scalar.value) }

/// A text from elsewhere without the weaver's marks.
func withoutMarks(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.map { isMark($0) ? "\u{FFFD}" : $0 }))
}

/// Whether a link or an image may have an address: one within the page or beside it, or of a scheme that runs nothing.
func isHarmless(_ address: String, isImage: Bool) -> Bool {
  guard address.unicodeScalars.allSatisfy({ $0.value > 0x20 && !(0x7F...0x9F).contains($0.value) || $0 == " " }) else {
    return false
  }
  guard let end = address.firstIndex(where: { ":/?#".contains($0) }), address[end] == ":" else { return true }
  let scheme = address[..<end].lowercased()
  if isImage, ["png", "gif", "jpeg", "webp"].contains(where: { address.lowercased().hasPrefix("data:image/\($0)") }) {
    return true
  }
  return ["http", "https", "mailto", "ftp", "tel", "xmpp", "doi", "urn"].contains(scheme)
}
