import Foundation

/// A text as a JSON string, with its quotation marks; slashes are not escaped.
public func jsonQuoted(_ text: String) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .withoutEscapingSlashes
  // A string is always encodable.
  return String(decoding: try! encoder.encode(text), as: UTF8.self)
}
