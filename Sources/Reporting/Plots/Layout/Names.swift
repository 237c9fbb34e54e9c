/// Names that fit their places, and what was left out of all of them.
package struct ShortNames: Sendable, Hashable {
  /// In the order of the names, no two alike that differ.
  package var names: [String]
  /// The common beginning or end that the names are shown without; empty where they are shown in full.
  package var common: String

  package init(names: [String], common: String) {
    self.names = names
    self.common = common
  }
}

extension TextMeasure {
  /// Shortens names to a width.
  ///
  /// If one does not fit, all are named by what differs (`vgg11-small, lr 0.02` among others of `vgg11-small` becomes
  /// `lr 0.02`); what is still too wide is cut in the middle. Names that look alike then get a number.
  package func shortened(_ names: [String], to width: Double, font: DisplayList.Font) -> ShortNames {
    let fits = { (text: String) in self.width(text, font) <= width }
    if names.allSatisfy(fits) { return ShortNames(names: names, common: "") }
    let different = Set(names)
    var (result, common) = (names, "")
    // Coarse pieces first, so that "lr 0.02" stays together.
    for separators: Set<Character> in [[","], [",", " ", "-", "/", "_", ":", "·"]] where different.count > 1 {
      guard let stripped = withoutCommon(names, separators), stripped.names != names else { continue }
      (result, common) = (stripped.names, stripped.common)
      if result.allSatisfy(fits) { break }
    }
    result = result.map { cut($0, to: width, font: font, tail: 0.5) }
    return ShortNames(names: numbered(result, of: names, to: width, font: font), common: common)
  }

  /// Gives shortened names that look alike although the names differ a number.
  private func numbered(
    _ shortened: [String], of names: [String], to width: Double, font: DisplayList.Font
  ) -> [String] {
    var seen: Set<String> = []
    var (known, numbers): ([String: String], [String: Int]) = ([:], [:])
    return zip(shortened, names).map { short, name in
      if let text = known[name] { return text }
      // Numbers go on where the last name like this one ended, so that many of them are not tried again and again.
      var (text, number) = (short, numbers[short] ?? 1)
      while !seen.insert(text).inserted {
        number += 1
        let mark = " (\(number))"
        // The tail says more than the head.
        text = cut(short, to: width - self.width(mark, font), font: font, tail: 0.5) + mark
      }
      (known[name], numbers[short]) = (text, number)
      return text
    }
  }

  /// A text without its middle, if it is too wide; `tail` is the part of what is kept that is at its end.
  package func cut(_ text: String, to width: Double, font: DisplayList.Font, tail: Double) -> String {
    if self.width(text, font) <= width { return text }
    let characters = Array(text)
    func kept(_ count: Int) -> String {
      let end = Int((Double(count) * tail).rounded(.down))
      return String(characters[..<(count - end)]) + "…" + String(characters[(characters.count - end)...])
    }
    var (fits, tooMany) = (0, characters.count)
    while tooMany - fits > 1 {
      let middle = (fits + tooMany) / 2
      if self.width(kept(middle), font) <= width { fits = middle } else { tooMany = middle }
    }
    return kept(fits)
  }
}

/// Names without the pieces that all begin or end with; nil if there are none or nothing would be left of a name.
private func withoutCommon(_ names: [String], _ separators: Set<Character>) -> (names: [String], common: String)? {
  let pieces = Array(Set(names)).sorted().map { separated($0, separators) }
  guard let first = pieces.first, let shortest = pieces.map(\.count).min(), shortest > 1 else { return nil }
  let head = (0..<shortest - 1).prefix { index in pieces.allSatisfy { $0[index] == first[index] } }.count
  let tail = (0..<shortest - 1 - head).prefix { index in
    pieces.allSatisfy { $0[$0.count - 1 - index] == first[first.count - 1 - index] }
  }.count
  guard head + tail > 0 else { return nil }
  let trimmed = { (parts: ArraySlice<String>) in trim(parts.joined(), separators) }
  let shown = names.map { name in
    let all = separated(name, separators)
    return trimmed(all[head..<all.count - tail])
  }
  guard shown.allSatisfy({ !$0.isEmpty }), Set(shown).count == pieces.count else { return nil }
  let common = [trimmed(first[..<head]), trimmed(first[(first.count - tail)...])].filter { !$0.isEmpty }
  return (shown, common.joined(separator: " … "))
}

/// A text's pieces; the separators after a piece stay with it.
private func separated(_ text: String, _ separators: Set<Character>) -> [String] {
  var pieces: [String] = []
  var piece = ""
  var isOver = false
  for character in text {
    let separates = separators.contains(character) || (isOver && character == " ")
    if isOver, !separates {
      pieces.append(piece)
      piece = ""
    }
    isOver = separates
    piece.append(character)
  }
  return piece.isEmpty ? pieces : pieces + [piece]
}

private func trim(_ text: String, _ separators: Set<Character>) -> String {
  var text = text[...]
  while let last = text.last, separators.contains(last) || last == " " { text.removeLast() }
  while let first = text.first, separators.contains(first) || first == " " { text.removeFirst() }
  return String(text)
}
