import Foundation

/// Accents of LaTeX as Unicode's combining marks.
private let accents: [String: Unicode.Scalar] = [
  "\"": "\u{308}", "'": "\u{301}", "`": "\u{300}", "^": "\u{302}", "~": "\u{303}", "=": "\u{304}", ".": "\u{307}",
  "c": "\u{327}", "v": "\u{30C}", "u": "\u{306}", "H": "\u{30B}", "k": "\u{328}", "r": "\u{30A}", "d": "\u{323}",
  "b": "\u{331}", "h": "\u{309}", "G": "\u{30F}", "textcommabelow": "\u{326}",
]

/// Letters and signs that have commands of their own.
private let letters: [String: String] = [
  "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
  "AA": "Å", "i": "ı", "j": "ȷ", "dj": "đ", "DJ": "Đ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "ng": "ŋ",
  "NG": "Ŋ", "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’",
  "textquotedblleft": "“", "textquotedblright": "”", "textbackslash": "\\", "textasciitilde": "~",
  "textasciicircum": "^", "textunderscore": "_", "textbar": "|", "textless": "<", "textgreater": ">",
  "textregistered": "®", "texttrademark": "™", "textcopyright": "©", "copyright": "©", "textdegree": "°",
  "textmu": "µ", "texteuro": "€", "euro": "€", "pounds": "£", "S": "§", "P": "¶", "guillemotleft": "«",
  "guillemotright": "»", "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX", "textperiodcentered": "·",
  "textbullet": "•", "textellipsis": "…", "slash": "/",
]

/// Commands that change how a text looks and not what it says.
private let looks: Set<String> = [
  "textit", "textbf", "textsc", "texttt", "textrm", "textsf", "textsl", "textnormal", "textup", "textmd", "emph", "em",
  "it", "bf", "sc", "tt", "rm", "sf", "sl", "mathrm", "mathbf", "mathit", "mathsf", "mathtt", "mathcal", "mathbb",
  "text", "mbox", "hbox", "url", "path", "underline", "textsuperscript", "textsubscript", "nobreak", "relax",
  "protect", "/", "ensuremath", "uppercase", "lowercase", "MakeUppercase", "nolinkurl", "bibinfo", "left", "right",
  "displaystyle", "enquote", "noopsort", "sortnoop", "boldsymbol", "bm", "penalty", "hskip", "hyphen", "allowbreak",
]

/// What a bibliography's field says, without LaTeX's braces and commands. Of commands that are not known the text within is
/// kept, and their names are noted.
package func plainText(fromLaTeX text: String, unknown: inout Set<String>) -> String {
  var reader = LaTeXReader(text)
  let result = reader.read()
  unknown.formUnion(reader.unknown)
  let words = result.split { $0 == " " || $0 == "\n" || $0 == "\t" }
  return words.joined(separator: " ").precomposedStringWithCanonicalMapping
}

private struct LaTeXReader {
  let scalars: [Unicode.Scalar]
  var place = 0
  var result = String.UnicodeScalarView()
  var pending: [Unicode.Scalar] = []
  var isFormula = false
  var unknown: Set<String> = []

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  mutating func put(_ scalar: Unicode.Scalar) {
    // A combining mark is behind its letter; a dotless i or j takes its dot back beneath it.
    let isDotless = !pending.isEmpty
    result.append(isDotless && scalar == "ı" ? "i" : isDotless && scalar == "ȷ" ? "j" : scalar)
    result.append(contentsOf: pending.reversed())
    pending = []
  }

  mutating func read() -> String {
    while place < scalars.count {
      let scalar = scalars[place]
      place += 1
      switch scalar {
      case "{", "}": continue
      case "$": isFormula.toggle()
      case "^" where isFormula, "_" where isFormula: continue
      case "~": result.append("\u{A0}")
      case "\\": command()
      case "-" where !isFormula && place < scalars.count && scalars[place] == "-":
        place += 1
        let isLong = place < scalars.count && scalars[place] == "-"
        if isLong { place += 1 }
        result.append(isLong ? "—" : "–")
      case "`" where place < scalars.count && scalars[place] == "`":
        place += 1
        result.append("“")
      case "'" where place < scalars.count && scalars[place] == "'":
        place += 1
        result.append("”")
      default: put(scalar)
      }
    }
    result.append(contentsOf: pending)
    return String(result)
  }

  private mutating func command() {
    guard place < scalars.count else { return }
    let next = scalars[place]
    if !next.properties.isAlphabetic || !next.isASCII {
      place += 1
      if let mark = accents[String(next)] {
        pending.append(mark)
      } else if next == "\\" || next == "," || next == ";" || next == " " || next == ":" {
        result.append(" ")
      } else if next != "-", next != "/", next != "!" {
        put(next)
      }
      return
    }
    var name = ""
    while place < scalars.count, scalars[place].isASCII, scalars[place].properties.isAlphabetic {
      name.unicodeScalars.append(scalars[place])
      place += 1
    }
    if let mark = accents[name] {
      while place < scalars.count, scalars[place] == " " { place += 1 }
      pending.append(mark)
    } else if let letter = letters[name] ?? formulaLetters[name] ?? formulaSigns[name] {
      if place < scalars.count, scalars[place] == " " { place += 1 }
      for scalar in letter.unicodeScalars { put(scalar) }
    } else if name == "href" {
      // The address is for readers of PDF.
      skipGroup()
    } else {
      if !looks.contains(name) { unknown.insert(name) }
      while place < scalars.count, scalars[place] == " " { place += 1 }
    }
  }

  private mutating func skipGroup() {
    while place < scalars.count, scalars[place] == " " { place += 1 }
    guard place < scalars.count, scalars[place] == "{" else { return }
    var depth = 0
    while place < scalars.count {
      if scalars[place] == "{" { depth += 1 } else if scalars[place] == "}" { depth -= 1 }
      place += 1
      if depth == 0 { return }
    }
  }
}

/// An address as it is, without what protects its signs from LaTeX.
package func plainAddress(_ text: String) -> String {
  var address = text.trimmed
  for command in ["\\url", "\\path", "\\nolinkurl"] where address.hasPrefix(command + "{") && address.hasSuffix("}") {
    address = String(address.dropFirst(command.count + 1).dropLast())
  }
  while address.hasPrefix("{"), address.hasSuffix("}") { address = String(address.dropFirst().dropLast()).trimmed }
  address = address.replacing("\\~{}", with: "~").replacing("{\\textasciitilde}", with: "~")
    .replacing("\\textasciitilde", with: "~").replacing("{\\_}", with: "_")
  return address.replacing(/\\([_%&#$~{}])/) { "\($0.1)" }
}
