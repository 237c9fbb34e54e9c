public import Notebooks
import Files
public import Foundation
public import Plots
import Store

/// A report, all of it in memory.
public struct RenderedReport: Sendable {
  /// Of the page.
  public var title: String
  /// `index.html`, `README.md`, `notebook.ipynb`, `figures/<id>.png`, `data/<id>.csv` and images.
  public var files: [String: Data]
  public var warnings: [String]
  /// Every query that was asked, in the order of the cells.
  public var queries: [AskedQuery]
  /// In the order of their cells.
  public var claims: [JudgedClaim]
  /// Numbers that were typed into the text.
  public var unbound: [UnboundNumber]
  /// The claims with their sentences and places, in the order of their cells.
  public var listedClaims: [ListedClaim] = []
  /// The figures as drawings, by their cells' ids.
  package var drawings: [String: DisplayList] = [:]

  /// The figures as files that stay sharp at any size: `figures/<id>.svg` or `.pdf`. Throws `PlotError`.
  public func vectorFigures(_ formats: [VectorFormat]) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for format in formats {
      for (id, list) in drawings { files["figures/\(id).\(format.rawValue)"] = try renderVector(list, format) }
    }
    return files
  }
}

/// A claim of a page, as lists of claims have it.
public struct ListedClaim: Sendable, Hashable, Codable {
  /// Of its cell.
  public var id: String
  /// The text of the nearest heading above it; empty without one.
  public var section: String
  /// What the rows say of it.
  public var verdict: Verdict
  /// Of its cell in the notebook, from 1.
  public var line: Int
  /// The sentence, its values filled in.
  public var text: String
  /// The page that it is on, where several may be.
  public var file: String = ""
}

/// A part that is put at a report's end by others than its notebook.
public struct ReportSection: Sendable, Hashable {
  /// Plain text.
  public var heading: String
  /// The heading's anchor, unlike those of the notebook's headings.
  public var slug: String
  /// What is under the heading.
  public var html: String
  public var markdown: String

  public init(heading: String, slug: String, html: String, markdown: String) {
    self.heading = heading
    self.slug = slug
    self.html = html
    self.markdown = markdown
  }
}

/// What is known of a report's queries besides their rows.
public struct RenderingFacts: Sendable {
  /// The runs that the queries' rows depend on, by the queries' ids.
  public var runs: [String: [UsedRun]] = [:]
  /// Ids of the queries whose rows may depend on fewer runs than these, for some were judged together.
  public var bounded: Set<String> = []
  /// Put at the end, in this order.
  public var sections: [ReportSection] = []
  /// Text chunks for a figure's PNG.
  public var figureText: @Sendable (AskedQuery, [UsedRun]) -> [(keyword: String, value: String)] = { _, _ in [] }

  public init(runs: [String: [UsedRun]] = [:], sections: [ReportSection] = []) {
    self.runs = runs
    self.sections = sections
  }
}

/// Renders a notebook in memory. The same source, rows and runs give the same bytes.
///
/// Throws `NotebookError` with everything that is wrong with the notebook.
public func render(
  _ source: NotebookSource, rows: any RowSource, runs: [String: [UsedRun]] = [:], version: String
) throws(NotebookError) -> RenderedReport {
  try render(try evaluate(source, rows: rows), rows: rows, facts: RenderingFacts(runs: runs), version: version)
}

/// Renders what was evaluated, once it is known which runs its queries depend on.
public func render(
  _ report: EvaluatedReport, rows: any RowSource, facts: RenderingFacts, version: String
) throws(NotebookError) -> RenderedReport {
  try Renderer(report, rows: rows, facts: facts, version: version).rendered()
}
