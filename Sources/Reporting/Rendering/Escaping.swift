import Foundation

/// A text for HTML's text and attributes.
package func escapedHTML(_ text: String) -> String {
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
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || isPrivateMark(scalar) ? "\u{FFFD}" : scalar)
    }
  }
  return result
}

/// A text for a sentence or a table cell of GitHub's Markdown: nothing in it is markup, and no dollar begins a formula.
package func escapedMarkdown(_ text: String) -> String {
  var result = ""
  let scalars = Array(text.unicodeScalars)
  func isWord(_ place: Int) -> Bool {
    scalars.indices.contains(place) && scalars[place].isASCII
      && (scalars[place].properties.isAlphabetic || (48...57).contains(scalars[place].value))
  }
  for (place, scalar) in scalars.enumerated() {
    switch scalar {
    // Within a name it is no sign of emphasis.
    case "_" where isWord(place - 1) && isWord(place + 1): result += "_"
    case "\\", "`", "*", "_", "[", "]", "|", "~", "$": result += "\\\(scalar)"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "&": result += "&amp;"
    case "\n", "\r", "\t": result += " "
    default: result.unicodeScalars.append(scalar.value < 0x20 || isPrivateMark(scalar) ? "\u{FFFD}" : scalar)
    }
  }
  return result
}

/// Characters that earlier versions kept for themselves: what the store has of them is not shown.
private func isPrivateMark(_ scalar: Unicode.Scalar) -> Bool { (0xE000...0xE00F).contains(scalar.value) }

/// A text as it is, but for control characters.
package func printable(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.map { isPrivateMark($0) ? "\u{FFFD}" : $0 }))
}

/// A value within an address.
package func encodedForAddress(_ text: String) -> String {
  let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
  return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
}

/// An address as Markdown has it between parentheses.
package func markdownAddress(_ address: String) -> String {
  var result = ""
  for scalar in address.unicodeScalars {
    switch scalar {
    case " ", "<", ">", "(", ")", "\\", "`", "*", "|", "$":
      result += "%" + String(scalar.value, radix: 16, uppercase: true)
    default: result.unicodeScalars.append(scalar.value < 0x20 ? "\u{FFFD}" : scalar)
    }
  }
  return result.contains(";") ? result.replacing("&", with: "&amp;") : result
}

/// Whether a link or an image may have an address: one within the page or beside it, or of a scheme that runs nothing.
package func isHarmless(_ address: String, isImage: Bool) -> Bool {
  guard address.unicodeScalars.allSatisfy({ $0.value > 0x20 && !(0x7F...0x9F).contains($0.value) || $0 == " " }) else {
    return false
  }
  guard let end = address.firstIndex(where: { ":/?#".contains($0) }), address[end] == ":" else { return true }
  let scheme = address[..<end].lowercased()
  let images = ["png", "gif", "jpeg", "webp", "svg+xml;base64,"]
  if isImage, images.contains(where: { address.lowercased().hasPrefix("data:image/\($0)") }) { return true }
  return ["http", "https", "mailto", "ftp", "tel", "xmpp", "doi", "urn"].contains(scheme)
}
