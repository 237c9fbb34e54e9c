import Foundation
import Rendering
import Text

/// The reports that were built.
struct ReportsPage {
  private let reports: [ReportFacts]

  init(_ reports: [ReportFacts]) { self.reports = reports }

  var html: String {
    let content =
      reports.isEmpty
      ? "<p>No report was built into the store yet: <code>vgglab report</code> builds one from a notebook.</p>"
      : "<ul class=\"reports\">"
        + reports.map {
          "<li><a href=\"\(escapedHTML($0.address))\">\(escapedHTML($0.name))</a> <small>from \(escapedHTML($0.notebook))</small></li>"
        }.joined(separator: "\n") + "</ul>"
    return PageFrame(title: "Reports", section: .reports, content: content, facts: [("page", "reports")]).html
  }
}

/// How the server, the store and the machine are.
struct HealthPage {
  private let facts: HealthFacts

  init(_ facts: HealthFacts) { self.facts = facts }

  var html: String {
    let store = facts.store
    let rows = [
      (
        "state",
        facts.isHealthy ? "<span class=\"badge completed\">sound</span>" : "<span class=\"badge failed\">damaged</span>"
      ),
      ("vgglab", escapedHTML(facts.vgglab_version)), ("index", "<code>\(escapedHTML(store.path))</code>"),
      (
        "index size",
        "\(Quantity.bytes(store.bytes)), version \(store.version), journal mode \(escapedHTML(store.journalMode))"
      ),
      ("runs", "\(Quantity.grouped(store.runs)), \(facts.running) running"),
      ("metric rows", Quantity.grouped(store.metrics)),
      ("network file system", escapedHTML(store.networkFileSystem ?? "none")),
      ("load", "\(facts.load.map { String(format: "%.2f", $0) }.joined(separator: ", ")) on \(facts.cores) cores"),
      ("available memory", Quantity.bytes(facts.available_memory_bytes)),
      ("open event streams", "\(facts.streams)"),
    ]
    let problems = store.problems + facts.journal_problems
    let list =
      problems.isEmpty
      ? ""
      : "<h2>Problems</h2>\n<ul>\(problems.prefix(100).map { "<li>\(escapedHTML($0))</li>" }.joined())</ul>"
        + "<p><code>vgglab doctor</code> says more.</p>"
    return PageFrame(
      title: "Health", section: .health,
      content: table("Health", head: ["what", "value"], rows: rows.map { [$0.0, $0.1] }) + "\n" + list,
      facts: [("page", "health")]
    ).html
  }
}
