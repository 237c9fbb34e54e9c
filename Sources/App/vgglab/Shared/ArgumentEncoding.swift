import Foundation

/// A sentence for an argument that is not UTF-8, or a variable for a folder's name that is not; nil if all of them are.
///
/// Swift puts U+FFFD in the place of such bytes: another file than the named one would be looked for, or written.
func encodingComplaint() -> String? {
  let remedy = "if it names a file, rename that, or work in its folder"
  for place in 1..<max(1, Int(CommandLine.argc)) {
    guard let argument = CommandLine.unsafeArgv[place] else { break }
    if let shown = invalidText(argument) { return "argument \(place) is not UTF-8: '\(shown)'; \(remedy)" }
  }
  for name in ["VGGLAB_STORE", "VGGLAB_DATA", "TMPDIR"] {
    guard let value = getenv(name) else { continue }
    if let shown = invalidText(value) { return "the variable \(name) is not UTF-8: '\(shown)'; name another folder" }
  }
  return nil
}

/// Text that is not UTF-8, with `\xff` for each byte that belongs to no character; nil for one that is.
private func invalidText(_ text: UnsafePointer<CChar>) -> String? {
  let bytes = UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(truncatingIfNeeded: $0) }
  var (shown, isValid) = ("", true)
  var place = 0
  var rest = bytes.makeIterator()
  var parser = Unicode.UTF8.ForwardParser()
  while true {
    switch parser.parseScalar(from: &rest) {
    case .valid(let scalar):
      shown.unicodeScalars.append(Unicode.UTF8.decode(scalar))
      place += scalar.count
    case .error(let length):
      for byte in bytes[place..<place + length] { shown += "\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))" }
      place += length
      isValid = false
    case .emptyInput: return isValid ? nil : shown
    }
  }
}
