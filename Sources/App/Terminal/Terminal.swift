import Files
import Foundation
import Text

// Everything that vgglab writes to stdout and stderr goes through this file; no other may name them. Text for people is
// passed through `printable` here, so that no command can forget it.

/// Results for people, to stdout: characters that command a terminal are shown as `\u{1b}`, wherever stdout goes.
///
/// Gives what kept it from being written; nil if nothing did.
public func writeText(_ text: String) -> OutputFailure? { writeAll(Array(printable(text, keepingLines: true).utf8), 1) }

/// Results for people, to stdout, that this module's tables colored: their cells are printable already.
///
/// Anything else goes through ``writeText(_:)``; a look without color leads there as well.
public func writeTable(_ text: String, _ look: OutputStyle) -> OutputFailure? {
  look.hasColor ? writeAll(Array(text.utf8), 1) : writeText(text)
}

/// Results for programs (CSV, JSON, a log as it is), to stdout: to a file or a pipe as they are, to a terminal as text.
public func writeData(_ data: String) -> OutputFailure? {
  isatty(1) == 1 ? writeText(data) : writeAll(Array(data.utf8), 1)
}

/// A message of one or more lines for people, to stderr. One that cannot be written there is nobody's loss.
public func writeMessage(_ text: String) { _ = writeAll(Array((printable(text, keepingLines: true) + "\n").utf8), 2) }

/// What was made for a terminal by the live views, with control sequences of their own around printable text.
package func writeToTerminal(_ text: String, _ descriptor: Int32) { _ = writeAll(Array(text.utf8), descriptor) }

/// JSON in which no character commands a terminal: those that JSON allows to stand as they are become escapes.
public func terminalSafe(json: String) -> String {
  guard json.unicodeScalars.contains(where: isCommand) else { return json }
  var result = String.UnicodeScalarView()
  for scalar in json.unicodeScalars {
    // Line ends are between values; within strings JSON has escaped them already.
    if isCommand(scalar), scalar != "\n" {
      let digits = String(scalar.value, radix: 16)
      result.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
    } else {
      result.append(scalar)
    }
  }
  return String(result)
}

/// Why output was not written.
public enum OutputFailure: Error, Hashable, Sendable {
  /// The reader has seen enough.
  case readerIsGone
  case other(reason: String)
}

private func writeAll(_ bytes: [UInt8], _ descriptor: Int32) -> OutputFailure? {
  guard let failure = bytes.withUnsafeBytes({ writeAllBytes($0, to: descriptor) }) else { return nil }
  return failure == EPIPE ? .readerIsGone : .other(reason: String(cString: strerror(failure)))
}
