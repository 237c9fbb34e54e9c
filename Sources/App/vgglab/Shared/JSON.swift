import Foundation
import Terminal

/// Facts as JSON with sorted keys, for `--json`.
func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return terminalSafe(json: String(decoding: try encoder.encode(value), as: UTF8.self))
}
