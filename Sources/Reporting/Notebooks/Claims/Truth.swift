package import Store

/// What a text or number says as an answer to a question: yes, no, or nothing.
package enum Truth: Sendable {
  case yes, no, unknown
}

extension SQLValue {
  /// 1, 0 or NULL; nil for every other value, of which nobody knows what it means.
  package var truth: Truth? {
    switch self {
    case .null: .unknown
    case .integer(1), .real(1): .yes
    case .integer(0), .real(0): .no
    case .integer, .real, .text, .blob: nil
    }
  }
}
