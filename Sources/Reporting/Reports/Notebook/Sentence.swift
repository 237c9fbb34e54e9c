/// A caption or sentence of the notebook in its parts: text between backticks is code, nothing else is markup.
func sentenceParts(_ text: String) -> [(isCode: Bool, text: String)] {
  let parts = text.split(separator: "`", omittingEmptySubsequences: false)
  guard parts.count > 2, parts.count % 2 == 1 else { return [(false, text)] }
  return parts.enumerated().map { index, part in (index % 2 == 1, String(part)) }
}

/// The numbers between the inlines' marks of a text.
func marks(in text: String) -> Set<Int> {
  var found: Set<Int> = []
  _ = replaceMarks(text, Notebook.inlineMark) { place in
    found.insert(place)
    return ""
  }
  return found
}
