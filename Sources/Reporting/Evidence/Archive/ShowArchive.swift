import Rendering
import Files
import Store

extension Archive {
  /// What the archive in a folder holds, for people. Throws ``ReportError``.
  public func text(folder: String) throws(ReportError) -> String {
    do {
      let runs = try EvidenceDatabase(try Verifier.rows(of: folder)).query(
        """
        SELECT run, experiment, trial, profile, coalesce(outcome, 'not ended') AS outcome, test_accuracy,
          examples_per_second FROM run_summary AS s
        ORDER BY (SELECT sequence FROM run WHERE run.id = s.run), created_at, run
        """)
      var lines = [
        "\(name), made \(createdAt.prefix(19)) UTC by vgglab \(vgglab): \(self.runs.count) \(self.runs.count == 1 ? "run" : "runs")"
          + (isAnonymous ? ", anonymized" : ""), "", runs.table,
      ]
      for report in reports {
        let evidence = try PageParts(
          try readFile("reports/\(report.folder)/index.html", below: folder, limit: ReportEvidence.pageLimit)
        ).evidence
        lines.append("")
        lines.append("reports/\(report.folder)/index.html (\(report.language)): \(report.title)")
        for claim in evidence.claims { lines.append("  \(claim.id): \(claim.verdict.rawValue)") }
      }
      if !leftOut.isEmpty { lines.append("\nleft out: \(leftOut.joined(separator: ", "))") }
      return lines.joined(separator: "\n")
    } catch let problem as PageProblem { throw .page(file: folder, problem) } catch { throw asReportError(error) }
  }
}
