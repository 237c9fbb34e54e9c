import Foundation

/// Accents of LaTeX as Unicode's combining marks.
private let accents: [Unicode.Scalar: Unicode.Scalar] = [
  "\"": "\u{308}", "'": "\u{301}", "`": "\u{300}", "^": "\u{302}", "~": "\u{303}", "=": "\u{304}", ".": "\u{307}",
  "c": "\u{327}", "v": "\u{30C}", "u": "\u{306}", "H": "\u{30B}", "k": "\u{328}", "r": "\u{30A}",
]

/// Letters that have commands of their own.
private let letters: [String: String] = [
  "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
  "i": "ı", "j": "ȷ", "textendash": "–", "textemdash": "—", "times": "×",
]

/// What a bibliography's field says, without LaTeX's braces and commands; unknown commands are left out.
func plainText(fromLaTeX text: String) -> String {
  let scalars = Array(text.unicodeScalars)
  var result = String.UnicodeScalarView()
  var place = 0
  var pending: Unicode.Scalar?
  func put(_ scalar: Unicode.Scalar) {
    // A combining mark stands behind its letter; a dotless i or j takes its dot back beneath it.
    result.append(pending != nil && scalar == "ı" ? "i" : pending != nil && scalar == "ȷ" ? "j" : scalar)
    if let mark = pending { result.append(mark) }
    pending = nil
  }
  while place < scalars.count {
    let scalar = scalars[place]
    place += 1
    switch scalar {
    case "{", "}", "$": continue
    case "~": result.append("\u{A0}")
    case "\\":
      guard place < scalars.count else { continue }
      let next = scalars[place]
      if !next.properties.isAlphabetic || !next.isASCII {
        place += 1
        if let mark = accents[next] {
          pending = mark
        } else if next == "\\" {
          result.append(" ")
        } else {
          result.append(next)
        }
        continue
      }
      var name = ""
      while place < scalars.count, scalars[place].isASCII, scalars[place].properties.isAlphabetic {
        name.unicodeScalars.append(scalars[place])
        place += 1
      }
      while place < scalars.count, scalars[place] == " " { place += 1 }
      if let mark = name.unicodeScalars.count == 1 ? accents[name.unicodeScalars.first!] : nil {
        pending = mark
      } else if let letter = letters[name] {
        for scalar in letter.unicodeScalars { put(scalar) }
      }
    default:
      if scalar == "-", place < scalars.count, scalars[place] == "-" {
        place += 1
        let isLong = place < scalars.count && scalars[place] == "-"
        if isLong { place += 1 }
        result.append(isLong ? "—" : "–")
      } else {
        put(scalar)
      }
    }
  }
  let words = String(result).split { $0 == " " || $0 == "\n" || $0 == "\t" }
  return words.joined(separator: " ").precomposedStringWithCanonicalMapping
}
