import Notebooks
import Rendering
import Files
import Foundation
import Store
import Text

/// How two archives differ: runs, figures of trials before and after, and verdicts that are not what they were.
public struct ArchiveComparison: Sendable, Hashable, Codable {
  /// A number of a trial in both archives.
  public struct Figure: Sendable, Hashable, Codable {
    /// `experiment / trial (profile)`, or `notebook: query`.
    public var of: String
    public var name: String
    public var before: Double?
    public var after: Double?
    public var difference: Double? { before.flatMap { before in after.map { $0 - before } } }
  }

  /// A claim that is judged differently.
  public struct Verdict: Sendable, Hashable, Codable {
    public var report: String
    public var claim: String
    /// nil where the claim is not there.
    public var before: String?
    public var after: String?
  }

  public var first: String
  public var second: String
  public var runs_only_in_first: [String] = []
  public var runs_only_in_second: [String] = []
  public var runs_in_both: Int = 0
  /// In both, with unlike journals.
  public var runs_unlike: [String] = []
  /// What trials measured, newest completed runs, and first rows of queries; those that are not equal.
  public var figures: [Figure] = []
  public var figures_equal = 0
  public var verdicts: [Verdict] = []
  public var verdicts_equal = 0

  public var isEqual: Bool {
    runs_only_in_first.isEmpty && runs_only_in_second.isEmpty && runs_unlike.isEmpty && figures.isEmpty
      && verdicts.isEmpty
  }

  /// For people.
  public var text: String {
    var lines = ["\(first) and \(second): \(runs_in_both) \(runs_in_both == 1 ? "run" : "runs") in both"]
    func list(_ title: String, _ runs: [String]) {
      guard !runs.isEmpty else { return }
      let more = runs.count > 20 ? ", … and \(runs.count - 20) more" : ""
      lines.append("\(title): \(runs.prefix(20).joined(separator: ", "))\(more)")
    }
    list("only in \(first)", runs_only_in_first)
    list("only in \(second)", runs_only_in_second)
    list("with different journals", runs_unlike)
    if !figures.isEmpty {
      lines.append("")
      lines.append(
        QueryResult(
          columns: ["of", "figure", first, second, "difference"],
          rows: figures.map { figure in
            func value(_ number: Double?) -> SQLValue { number.map { .text(short($0)) } ?? .null }
            return [
              .text(figure.of), .text(figure.name), value(figure.before), value(figure.after),
              .text(figure.difference.map { ($0 > 0 ? "+" : "") + short($0) } ?? "–"),
            ]
          }
        ).table)
    }
    let alone = figures.count { $0.before == nil || $0.after == nil }
    lines.append(
      "\(Quantity.count(figures_equal, "figure")) equal, \(figures.count - alone) different, \(alone) in one archive alone"
    )
    if alone > 0, figures_equal == 0, alone == figures.count {
      lines.append("nothing was measured in both: their trials have other configurations or profiles")
    }
    for verdict in verdicts {
      lines.append(
        "\(verdict.report) \(verdict.claim): \(verdict.before ?? "not there") → \(verdict.after ?? "not there")")
    }
    if verdicts_equal + verdicts.count > 0 {
      let drifted = verdicts.count { $0.before != nil && $0.after != nil }
      let alone = verdicts.count - drifted
      lines.append(
        "\(Quantity.count(verdicts_equal, "verdict")) unchanged, \(drifted) changed"
          + (alone > 0 ? ", \(alone) in one archive alone" : ""))
    }
    return lines.joined(separator: "\n")
  }
}

private func short(_ number: Double) -> String {
  number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : String(format: "%.6g", number)
}

extension ArchiveFolder {
  /// Compares two archives. Throws ``ReportError``.
  public func compare(_ first: String, _ second: String) throws(ReportError) -> ArchiveComparison {
    let (one, other) = (try Contents(try archive(first)), try Contents(try archive(second)))
    var result = ArchiveComparison(first: first, second: second)
    result.runs_only_in_first = one.journals.keys.filter { other.journals[$0] == nil }.sorted()
    result.runs_only_in_second = other.journals.keys.filter { one.journals[$0] == nil }.sorted()
    let common = one.journals.keys.filter { other.journals[$0] != nil }
    result.runs_in_both = common.count
    result.runs_unlike = common.filter { one.journals[$0] != other.journals[$0] }.sorted()
    let figures = differences(one.figures, other.figures)
    result.figures_equal = figures.equal
    result.figures = figures.unlike.map { key, before, after in
      // A name that stands for several configurations needs their ids to be told apart.
      let ids = one.configurations[key.of, default: []].union(other.configurations[key.of, default: []])
      let of = ids.count > 1 ? "\(key.of) [\(key.configuration.prefix(8))]" : key.of
      return ArchiveComparison.Figure(of: of, name: key.name, before: before, after: after)
    }
    let verdicts = differences(one.verdicts, other.verdicts)
    result.verdicts_equal = verdicts.equal
    result.verdicts = verdicts.unlike.map { key, before, after in
      ArchiveComparison.Verdict(report: key.of, claim: key.name, before: before, after: after)
    }
    return result
  }
}

/// What two archives have in common, and what is otherwise or in one alone, in the keys' order.
private func differences<Value: Equatable>(
  _ one: [Contents.Key: Value], _ other: [Contents.Key: Value]
) -> (equal: Int, unlike: [(key: Contents.Key, before: Value?, after: Value?)]) {
  let keys = Set(one.keys).union(other.keys)
  let unlike = keys.filter { one[$0] != other[$0] }.sorted().map { (key: $0, before: one[$0], after: other[$0]) }
  return (keys.count - unlike.count, unlike)
}

/// What of an archive is compared.
private struct Contents {
  struct Key: Hashable, Comparable {
    var of: String
    /// The trial's id, for what a trial measured: unlike configurations are not compared, whatever they are called.
    var configuration = ""
    var name: String
    static func < (one: Key, other: Key) -> Bool {
      (one.of, one.configuration, one.name) < (other.of, other.configuration, other.name)
    }
  }

  /// The ids of the trials of a name.
  var configurations: [String: Set<String>] = [:]

  var journals: [String: String] = [:]
  var figures: [Key: Double] = [:]
  var verdicts: [Key: String] = [:]

  private static let measured =
    SummaryColumn.finals.map(\.rawValue) + ["seconds", "peak_rss_bytes", "parameters"]

  init(_ folder: String) throws(ReportError) {
    let archive = try Archive(folder: folder)
    do {
      let rows = try Verifier.rows(of: folder)
      for run in rows.runs { journals[run.run] = run.journal ?? "missing" }
      let trials = try EvidenceDatabase(rows).query(
        """
        SELECT experiment || ' / ' || trial || coalesce(' (' || profile || ')', ''), trial_id,
          \(Self.measured.joined(separator: ", ")) FROM trial_summary ORDER BY experiment, trial, trial_id
        """)
      for row in trials.rows {
        let (of, id) = (row[0].plainText, row[1].plainText)
        configurations[of, default: []].insert(id)
        for (name, value) in zip(Self.measured, row.dropFirst(2)) {
          if let number = value.number { figures[Key(of: of, configuration: id, name: name)] = number }
        }
      }
      for report in archive.reports {
        let evidence = try PageParts(
          try readFile("reports/\(report.folder)/index.html", below: folder, limit: ReportEvidence.pageLimit)
        ).evidence
        for claim in evidence.claims {
          verdicts[Key(of: report.folder, name: claim.id)] = claim.verdict.rawValue
        }
        let queries = try evaluate(evidence.source, rows: try EvidenceDatabase(evidence.store)).queries
        for query in queries where query.kind == "query" && query.rows.rows.count == 1 {
          for (column, value) in zip(query.rows.columns, query.rows.rows[0]) {
            guard let number = value.number else { continue }
            figures[Key(of: "\(report.folder): \(query.id)", name: column)] = number
          }
        }
      }
    } catch let problem as PageProblem { throw .page(file: folder, problem) } catch { throw asReportError(error) }
  }
}
