/// Names of at most so many columns, each cut in the middle (`vgg11-sm…-96`) or at both ends, so that names that differ still
/// differ; nil where no such cut keeps all of them distinct.
public func distinctlyShortened(_ names: [String], to width: Int) -> [String]? {
  let distinct = Set(names)
  guard distinct.contains(where: { displayWidth($0) > width }) else { return names }
  guard width > 1 else { return nil }
  let room = width - 1
  // The balanced cut first, then those nearest to it.
  let heads = (0...room).sorted { (abs(2 * $0 - room), -$0) < (abs(2 * $1 - room), -$1) }
  for head in heads {
    if let short = shortened(distinct, { cutInMiddle($0, head: head, tail: room - head) }, width) {
      return names.map { short[$0] ?? $0 }
    }
  }
  // Names with a long beginning and a long end in common differ somewhere between.
  let longest = distinct.map(displayWidth).max() ?? 0
  guard width > 2, longest > width else { return nil }
  for start in 1..<max(2, longest - width + 3) {
    if let short = shortened(distinct, { cutAtBothEnds($0, start: start, width: width) }, width) {
      return names.map { short[$0] ?? $0 }
    }
  }
  return nil
}

/// The short forms of names by the names; nil where two are alike.
private func shortened(_ names: Set<String>, _ cut: (String) -> String, _ width: Int) -> [String: String]? {
  var seen: Set<String> = []
  var result: [String: String] = [:]
  for name in names {
    let short = displayWidth(name) > width ? cut(name) : name
    guard seen.insert(short).inserted else { return nil }
    result[name] = short
  }
  return result
}

/// A text with `…` in place of what is between so many columns at its beginning and at its end.
private func cutInMiddle(_ text: String, head: Int, tail: Int) -> String {
  prefix(of: text, columns: head) + "…" + String(prefix(of: String(text.reversed()), columns: tail).reversed())
}

private func cutAtBothEnds(_ text: String, start: Int, width: Int) -> String {
  let rest = String(text.dropFirst(start))
  return displayWidth(rest) < width ? "…" + rest : "…" + prefix(of: rest, columns: width - 2) + "…"
}

private func prefix(of text: String, columns: Int) -> String {
  var kept = ""
  var used = 0
  for character in text {
    used += displayWidth(character)
    guard used <= columns else { break }
    kept.append(character)
  }
  return kept
}

/// A text in lines of at most so many columns, broken at spaces; the second line and the following are indented.
///
/// A word that is longer than a line has a line of its own.
public func wrapped(_ text: String, width: Int, indent: Int = 2) -> String {
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if !line.isEmpty, displayWidth(line) + 1 + displayWidth(String(word)) > width {
      lines.append(line)
      line = String(repeating: " ", count: indent) + word
    } else {
      line += line.isEmpty ? String(word) : " \(word)"
    }
  }
  return (lines + [line]).joined(separator: "\n")
}
