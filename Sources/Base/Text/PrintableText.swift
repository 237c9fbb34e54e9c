/// Text from outside (names, notes, a worker's output) as a terminal may see it: control characters and those that turn the
/// direction of writing stand as `\u{1b}`, so that they command nothing.
public func printable(_ text: String, keepingLines: Bool = false) -> String {
  // Most texts are plain ASCII, and lists have many.
  if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
  guard text.unicodeScalars.contains(where: isCommand) else { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if isCommand(scalar), !(keepingLines && (scalar == "\n" || scalar == "\t")) {
      result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
    } else {
      result.append(scalar)
    }
  }
  return String(result)
}

/// C0, DEL, C1, and the marks that turn the direction of writing or end a line.
public func isCommand(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
  default: false
  }
}
