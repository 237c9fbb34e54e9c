/// Why a report cannot be woven, as facts.
public enum ReportError: Error, Hashable, Sendable {
  case cellFoundNoRows(file: String, line: Int)
}
