package import Notebooks

/// The verdicts of a page's claims, by the anchors of the headings that they are under.
package struct SectionVerdicts: Sendable {
  /// In the order of the claims, for every heading above them.
  private var found: [String: [Verdict]] = [:]
  private var all: [Verdict] = []
  /// The nearest heading of each claim, by the claims' ids.
  private(set) var sections: [String: Heading] = [:]

  /// The name under which the counts are on a page; no cell has it.
  package static let query = "page.verdicts"

  package init() {}

  /// Of the blocks that are shown. `heading` gives what is in a line, `claim` the claim of a cell.
  package init(
    _ blocks: [Block], headings: [Heading], heading: (Int) -> Heading?, claim: (Int) -> JudgedClaim?
  ) {
    for heading in headings { found[heading.slug] = [] }
    var open: [Heading] = []
    blocks.walk { block in
      switch block.content {
      case .heading:
        guard let heading = heading(block.line) else { return }
        open.removeAll { $0.level >= heading.level }
        open.append(heading)
      case .cell(let place):
        guard let claim = claim(place) else { return }
        all.append(claim.verdict)
        sections[claim.id] = open.last
        for heading in open { found[heading.slug, default: []].append(claim.verdict) }
      default: break
      }
    }
  }

  /// Those under a heading and the smaller ones behind it; of the whole page for nil.
  package func under(_ anchor: String?) -> [Verdict] { anchor.map { found[$0] ?? [] } ?? all }

  /// Whether the page has such a heading.
  package func has(_ anchor: String) -> Bool { found[anchor] != nil }
}
