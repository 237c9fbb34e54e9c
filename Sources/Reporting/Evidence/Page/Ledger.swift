import Notebooks
import Rendering
import Store

/// The ledger at the end of a report: which match, which are used, which are left out and why, and how often the test set
/// was looked at. It is made from the evidence alone.
struct Ledger {
  enum Reason: Hashable {
    case removed(at: String)
    case unfinished(RunState, cause: String?)
    case older(than: String)
    case otherProfile(String?, used: [String?])
    case notAskedFor
  }

  struct Entry: Hashable {
    var run: String
    var experiment: String
    var trial: String
    var profile: String?
    var state: RunState
    /// How many queries depend on it.
    var queries: Int
    /// nil for a run that is used.
    var reason: Reason?
    var testEvaluations: Int
    var journal: String
  }

  /// The oldest first.
  let entries: [Entry]
  let whole: [String]
  /// Experiments whose runs were told apart by halving.
  let grouped: [String]
  let language: String
  /// Runs that are named one by one, of those used and of those left out.
  static let listed = 200
  /// Longer lists are folded on the page; in Markdown only those that are longer by far.
  static let folded = (page: 3, markdown: 20)

  init(
    _ evidence: ReportEvidence, _ rows: EvidenceDatabase, queries: [String], _ influence: Influence, language: String
  ) throws {
    var uses: [String: Int] = [:]
    for run in influence.runs.joined() { uses[run, default: 0] += 1 }
    let facts = Dictionary(uniqueKeysWithValues: evidence.store.runs.map { ($0.run, $0) })
    let found = try rows.query(
      """
      SELECT r.id, r.experiment, r.trial, r.profile, x.at,
        (SELECT n.id FROM run AS n WHERE n.experiment = r.experiment AND n.trial = r.trial AND n.trial_id = r.trial_id
          AND n.outcome = 'completed' AND (n.sequence, n.created_at, n.id) > (r.sequence, r.created_at, r.id)
          AND NOT EXISTS (SELECT 1 FROM removal WHERE removal.run = n.id)
          ORDER BY n.sequence DESC, n.created_at DESC, n.id DESC LIMIT 1)
      FROM run AS r LEFT JOIN removal AS x ON x.run = r.id ORDER BY r.sequence, r.created_at, r.id
      """)
    func text(_ value: SQLValue) -> String? { value == .null ? nil : value.plainText }
    var profiles: [String: Set<String?>] = [:]
    for row in found.rows where uses[row[0].plainText] != nil {
      profiles[row[1].plainText, default: []].insert(text(row[3]))
    }
    entries = found.rows.map { row in
      let run = row[0].plainText
      let fact = facts[run]
      let state = fact?.state ?? .lost
      var reason: Reason?
      if uses[run] == nil {
        let used = profiles[row[1].plainText] ?? []
        if let at = text(row[4]) {
          reason = .removed(at: at)
        } else if state != .completed {
          reason = .unfinished(state, cause: fact?.cause)
        } else if let newer = text(row[5]) {
          reason = .older(than: newer)
        } else if !used.isEmpty, !used.contains(text(row[3])) {
          reason = .otherProfile(text(row[3]), used: used.sorted { $0 ?? "" < $1 ?? "" })
        } else {
          reason = .notAskedFor
        }
      }
      return Entry(
        run: run, experiment: row[1].plainText, trial: row[2].plainText, profile: text(row[3]), state: state,
        queries: uses[run] ?? 0, reason: reason, testEvaluations: fact?.testEvaluations ?? 0,
        journal: fact?.journal ?? "–")
    }
    whole = influence.whole
    grouped = influence.grouped.keys.sorted()
    self.language = language
  }

  var used: [Entry] { entries.filter { $0.reason == nil } }
  var leftOut: [Entry] { entries.filter { $0.reason != nil } }
  var testEvaluations: Int { entries.reduce(0) { $0 + $1.testEvaluations } }

  var section: ReportSection {
    let words = LedgerWords(isChinese: language == "zh")
    var html = "<p>\(words.summary(self, number: numberElement))</p>"
    var markdown = escapedMarkdown(words.summary(self) { "\($0)" })
    if !whole.isEmpty {
      let names = whole.joined(separator: ", ")
      html += "\n<p>\(escapedHTML(words.together(names)))</p>"
      markdown += "\n\n\(escapedMarkdown(words.together(names)))"
    }
    if !grouped.isEmpty {
      let names = grouped.joined(separator: ", ")
      html += "\n<p>\(escapedHTML(words.byHalving(names)))</p>"
      markdown += "\n\n\(escapedMarkdown(words.byHalving(names)))"
    }
    for (caption, list, heads) in [
      (words.usedCaption, used, words.usedHeads), (words.leftOutCaption, leftOut, words.leftOutHeads),
    ] where !list.isEmpty {
      let rows = list.prefix(Self.listed).map { cells($0, words) }
      let body = table(caption, heads, rows)
      html +=
        list.count > Self.folded.page
        ? "\n<details class=\"ledger\"><summary>\(escapedHTML(caption))</summary>\(body)</details>" : "\n\(body)"
      if list.count > Self.folded.markdown {
        markdown +=
          "\n\n<details><summary>\(escapedHTML(caption))</summary>\n\n" + markdownTable(heads, rows) + "\n\n</details>"
      } else {
        markdown += "\n\n**\(caption)**\n\n" + markdownTable(heads, rows)
      }
      if list.count > Self.listed {
        let more = words.more(list.count - Self.listed)
        html += "\n<p>\(escapedHTML(more))</p>"
        markdown += "\n\n\(escapedMarkdown(more))"
      }
    }
    return ReportSection(heading: words.heading, slug: "ledger.runs", html: html, markdown: markdown)
  }

  private enum CellText {
    case text(String)
    case code(String)
    case number(Int)
  }

  private func cells(_ entry: Entry, _ words: LedgerWords) -> [CellText] {
    let trial =
      entry.profile.map { "\(entry.experiment) / \(entry.trial) (\($0))" } ?? "\(entry.experiment) / \(entry.trial)"
    let head: [CellText] = [.code(entry.run), .text(trial)]
    if let reason = entry.reason { return head + [.text(words.reason(reason)), .number(entry.testEvaluations)] }
    return head + [.number(entry.queries), .number(entry.testEvaluations), .code(String(entry.journal.prefix(12)))]
  }

  private func numberElement(_ number: Int) -> String {
    dataElement(.integer(Int64(number)), "\(number)", query: "ledger.runs", runs: [])
  }

  private func table(_ caption: String, _ heads: [String], _ rows: [[CellText]]) -> String {
    var html =
      "<figure class=\"table\"><figcaption>\(escapedHTML(caption))</figcaption><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"\(escapedHTML(caption))\">"
      + "<table><thead><tr>"
    html += heads.map { "<th scope=\"col\">\(escapedHTML($0))</th>" }.joined() + "</tr></thead><tbody>"
    for row in rows {
      html += "<tr>"
      for (place, cell) in row.enumerated() {
        let text =
          switch cell {
          case .text(let text): escapedHTML(text)
          case .code(let text): "<code>\(escapedHTML(text))</code>"
          case .number(let number): numberElement(number)
          }
        html += place == 0 ? "<th scope=\"row\">\(text)</th>" : "<td>\(text)</td>"
      }
      html += "</tr>"
    }
    return html + "</tbody></table></div></figure>"
  }

  private func markdownTable(_ heads: [String], _ rows: [[CellText]]) -> String {
    var lines = [
      "| " + heads.map { escapedMarkdown($0) }.joined(separator: " | ") + " |",
      "| " + heads.map { _ in "---" }.joined(separator: " | ") + " |",
    ]
    for row in rows {
      let cells = row.map { cell in
        switch cell {
        case .text(let text): escapedMarkdown(text)
        case .code(let text): "`\(text)`"
        case .number(let number): "\(number)"
        }
      }
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }
}
