/// What is wrong with a page, a report's folder or an archive that is to be checked, as facts.
public enum PageProblem: Error, Hashable, Sendable, CustomStringConvertible {
  case noEvidence
  case evidenceTwice
  /// The block's attributes or its base64 are not as vgglab writes them.
  case badBlock
  case evidenceChanged
  case unpacking(reason: String)
  case reading(reason: String)
  case wrongFormat(found: Int, known: Int)
  case wrongType(String, expected: String)
  case noReport
  case notPNG(reason: String)
  case noProvenance

  public var description: String {
    switch self {
    case .noEvidence:
      "carries no evidence, so nothing of it can be checked; is it a page that `vgglab report` has built?"
    case .evidenceTwice: "carries evidence twice"
    case .badBlock: "has evidence that is damaged: its block is not as it was written"
    case .evidenceChanged: "has evidence that was changed: it does not match its digest"
    case .unpacking(let reason): "has evidence that cannot be unpacked: \(reason)"
    case .reading(let reason): "has evidence that cannot be read: \(reason)"
    case .wrongFormat(let found, let known):
      "has evidence of format \(found), and this vgglab reads up to \(known): update vgglab"
    case .wrongType(let key, let expected): "has evidence whose \"\(key)\" is not \(expected)"
    case .noReport: "is not a page, a report's folder or an archive's folder"
    case .notPNG(let reason): "is no PNG that can be read: \(reason)"
    case .noProvenance: "does not say where it comes from; only figures of vgglab's reports do"
    }
  }
}
