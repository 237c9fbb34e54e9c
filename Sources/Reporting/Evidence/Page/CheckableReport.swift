public import Notebooks
public import Rendering
import Digests
public import Foundation
public import Store

/// A report in memory whose page carries what it was built from.
public struct CheckableReport: Sendable {
  /// The page among its files has the evidence in it.
  public var report: RenderedReport
  public var evidence: ReportEvidence
  /// The page without the evidence.
  var frame: Data
  /// Ids of the runs that anything in the report depends on, sorted.
  public var usedRuns: [String]

  public var title: String
  /// `en` or `zh`.
  public var language: String

  /// Bytes that a page may have before it is warned about.
  public static let pageBudget = 3_000_000

  /// The page's bytes, evidence and all.
  public var page: Data { report.files["index.html"] ?? Data() }
}

extension EvidenceDatabase: RowSource {}
extension StoreSnapshot: RowSource {}

/// Builds a report of a notebook over a store, and puts into the page what it was built from.
///
/// The rows that its queries need are taken out of the store first; the report is built from those alone, so that it can
/// be built from them again anywhere. Throws ``ReportError``.
public func buildReport(
  _ source: NotebookSource, store: Store, version: String
) throws(ReportError) -> CheckableReport {
  let rows: StoreEvidence
  do {
    // One snapshot for the answers and the rows behind them: a run that is removed meanwhile is in both or in neither.
    let snapshot = try store.snapshot()
    let queries = try evaluate(source, rows: snapshot).queries
    rows = try store.gatherEvidence(
      for: queries.map { EvidenceQuery(sql: $0.sql, parameters: $0.parameters) }, answers: queries.map(\.rows),
      from: snapshot)
  } catch let error as ReportError { throw error } catch let error as NotebookError { throw .notebook(error) } catch let
    error as StoreError
  { throw .evidence(error) } catch {
    preconditionFailure("an error of neither module: \(error)")
  }
  return try rebuildReport(
    ReportEvidence(vgglab: version, fonts: fontDigest(), source: source, store: rows),
    seconds: StoreSnapshot.gatheringSeconds)
}

/// Builds a report from its evidence alone: the same evidence gives the same bytes.
///
/// What the evidence says of queries and figures is not read but made again. Throws ``ReportError``.
public func rebuildReport(
  _ evidence: ReportEvidence, seconds: Double = EvidenceDatabase.seconds
) throws(ReportError) -> CheckableReport {
  var evidence = evidence
  do {
    let rows = try EvidenceDatabase(evidence.store, seconds: seconds)
    let evaluated = try evaluate(evidence.source, rows: rows)
    let asked = evaluated.queries
    let influence = try rows.influence(
      of: asked.map { EvidenceQuery(sql: $0.sql, parameters: $0.parameters) }, whole: evidence.store.whole,
      grouped: evidence.store.grouped)
    let digests = Dictionary(uniqueKeysWithValues: evidence.store.runs.map { ($0.run, $0.journal ?? "missing") })
    let reportID = evidence.reportID
    let notebook = evidence.source.file
    var facts = RenderingFacts(
      runs: Dictionary(
        zip(asked, influence.runs).map { query, runs in
          (query.id, runs.map { UsedRun(id: $0, digest: digests[$0] ?? "missing") })
        }, uniquingKeysWith: { one, _ in one }))
    facts.bounded = Set(influence.bounded.map { asked[$0].id })
    facts.sections = [
      try Ledger(evidence, rows, queries: asked.map(\.id), influence, language: evaluated.language).section
    ]
    facts.figureText = { query, runs in FigureOrigin(reportID, notebook, query, runs).text }
    var rendered = try render(evaluated, rows: rows, facts: facts, version: evidence.vgglab)
    evidence.definitions = try rows.definitions()
    evidence.queries = zip(rendered.queries, influence.runs).map { query, runs in
      ReportEvidence.Query(
        id: query.id, kind: query.kind, sql: query.sql, rows: sha256Hex(query.rows.csv), runs: runs)
    }
    evidence.figures = rendered.files.keys.sorted().filter { $0.hasPrefix("figures/") && $0.hasSuffix(".png") }.map {
      ReportEvidence.Figure(id: String($0.dropFirst(8).dropLast(4)), png: sha256Hex(rendered.files[$0] ?? Data()))
    }
    evidence.claims = rendered.claims.map { ReportEvidence.Claim(id: $0.id, verdict: $0.verdict) }
    let frame = rendered.files["index.html"] ?? Data()
    rendered.files["index.html"] = PageParts.embed(evidence, in: frame)
    return CheckableReport(
      report: rendered, evidence: evidence, frame: frame, usedRuns: influence.all.sorted(), title: rendered.title,
      language: evaluated.language)
  } catch let error as ReportError { throw error } catch let error as NotebookError { throw .notebook(error) } catch let
    error as StoreError
  { throw .evidence(error) } catch {
    preconditionFailure("an error of neither module: \(error)")
  }
}
