/// A name of a bibliography, in its parts.
package struct Person: Sendable, Hashable {
  /// With its particles: `van der Maaten`.
  package var family: String
  package var given: String

  /// `van der Maaten, Laurens`.
  package var full: String { given.isEmpty ? family : "\(family), \(given)" }
}

/// The people of a field, and whether there are others.
package struct People: Sendable, Hashable {
  package var people: [Person] = []
  package var hasOthers = false

  package init() {}

  /// Of `Last, First and First von Last and {A Company} and others`. What is in braces is one word and is never taken apart.
  package init(_ field: String, unknown: inout Set<String>) {
    for name in Self.split(field, isEnd: { $0.lowercased() == "and" }) {
      if name.count == 1, name[0].lowercased() == "others" {
        hasOthers = true
      } else if let person = Self.person(name, &unknown) {
        people.append(person)
      }
    }
  }

  /// The words between words that end a name; braces keep what is in them together, a comma is a word of its own.
  private static func split(_ text: String, isEnd: (String) -> Bool) -> [[String]] {
    var names: [[String]] = [[]]
    var word = String.UnicodeScalarView()
    var depth = 0
    var isEscaped = false
    func end() {
      guard !word.isEmpty else { return }
      let text = String(word)
      if isEnd(text) { names.append([]) } else { names[names.count - 1].append(text) }
      word = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars {
      if isEscaped {
        word.append(scalar)
        isEscaped = false
        continue
      }
      switch scalar {
      case "\\":
        isEscaped = true
        word.append(scalar)
      case "{":
        depth += 1
        word.append(scalar)
      case "}":
        depth -= 1
        word.append(scalar)
      case ",", "，":
        if depth > 0 {
          word.append(scalar)
        } else {
          end()
          names[names.count - 1].append(",")
        }
      case " ", "\n", "\t", "~", "\u{A0}": if depth > 0 { word.append(scalar) } else { end() }
      default: word.append(scalar)
      }
    }
    end()
    return names.filter { !$0.isEmpty }
  }

  private static func person(_ words: [String], _ unknown: inout Set<String>) -> Person? {
    var parts = words.split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    while parts.count > 1, parts[parts.count - 1].isEmpty { parts.removeLast() }
    func plain(_ words: [String]) -> String { plainText(fromLaTeX: words.joined(separator: " "), unknown: &unknown) }
    guard let first = parts.first else { return nil }
    if parts.count > 1 {
      // `Last, Jr, First`.
      let given = plain(parts[parts.count - 1])
      let suffix = parts.count > 2 ? plain(parts[1]) : ""
      return Person(family: plain(first), given: suffix.isEmpty ? given : "\(given), \(suffix)")
    }
    guard first.count > 1 else { return Person(family: plain(first), given: "") }
    // The particles begin at the first word in lower case; the last word is of the family in any case.
    let start = first.dropLast().firstIndex(where: isParticle) ?? first.count - 1
    return Person(family: plain(Array(first[start...])), given: plain(Array(first[..<start])))
  }

  private static func isParticle(_ word: String) -> Bool {
    guard let letter = word.unicodeScalars.first(where: { $0.properties.isAlphabetic || $0 == "{" || $0 == "\\" })
    else {
      return false
    }
    return letter.properties.isLowercase
  }
}
