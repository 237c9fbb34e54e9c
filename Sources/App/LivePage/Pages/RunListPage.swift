import Foundation
import Rendering
import Store
import Text

/// The list of runs: a form that filters, a table that sorts, pages.
struct RunListPage {
  private let query: RunListQuery
  private let runs: [LiveRun]
  private let total: Int
  private let experiments: [String]
  private let census: String

  /// Experiments that the form's menu has at most.
  private static let mostExperiments = 200

  /// Throws ``StoreError``.
  init(_ query: RunListQuery, in store: Store) throws(StoreError) {
    self.query = query
    let page = try store.page(of: query.selection, offset: (query.page - 1) * query.size, size: query.size)
    total = page.total
    var facts: [LiveRun] = []
    for run in page.runs { facts.append(try LiveRun(run, in: store)) }
    runs = facts
    experiments = try store.query("SELECT name FROM experiment ORDER BY name LIMIT \(Self.mostExperiments)").rows.map {
      $0[0].plainText
    }
    census = try store.census()
  }

  var html: String {
    PageFrame(
      title: "Runs", section: .runs, content: "\(form)\n<div id=\"list\">\n\(list)\n</div>",
      facts: [("page", "runs"), ("census", census)]
    ).html
  }

  private var pageCount: Int { max(1, (total + query.size - 1) / query.size) }

  private var form: String {
    func option(_ value: String, _ name: String, _ chosen: String?) -> String {
      "<option value=\"\(escapedHTML(value))\"\(value == chosen ? " selected" : "")>\(escapedHTML(name))</option>"
    }
    var names = experiments
    if let chosen = query.experiment, !names.contains(chosen) { names.insert(chosen, at: 0) }
    let sort =
      query.sort == RunListQuery.defaultSort
      ? "" : "<input type=\"hidden\" name=\"sort\" value=\"\(escapedHTML(query.sort))\">"
    return """
      <form class="filters" action="/" method="get" role="search">
      <label>Trial <input id="search" type="search" name="search" value="\(escapedHTML(query.search ?? ""))" \
      placeholder="part of its name" autocomplete="off"></label>
      <label>Experiment <select name="experiment">\(option("", "all", query.experiment))\
      \(names.map { option($0, $0, query.experiment) }.joined())</select></label>
      <label>State <select name="state">\(option("", "any", query.state?.name))\
      \(RunState.allCases.map { option($0.name, $0.name, query.state?.name) }.joined())</select></label>
      <label>Conditions <input name="filter" value="\(escapedHTML(query.conditions ?? ""))" \
      placeholder="test_accuracy&gt;0.9; arch=vgg11" autocomplete="off"></label>
      \(sort)
      <button>Show</button>
      <a href="/">Clear</a>
      </form>
      """
  }

  private var list: String {
    let first = min(total, (query.page - 1) * query.size + 1)
    let last = min(total, query.page * query.size)
    let count =
      total == 0
      ? "No runs." : "Runs \(Quantity.grouped(first)) to \(Quantity.grouped(last)) of \(Quantity.grouped(total))."
    guard !runs.isEmpty else {
      let hint =
        total > 0
        ? "This page does not exist. <a href=\"\(escapedHTML(query.address(page: pageCount)))\">Last page</a>"
        : "No runs match. <a href=\"/\">Show all runs</a>, or start one: <code>vgglab run experiments/resize.yaml --profile quick</code>"
      return "<p class=\"count\">\(total == 0 ? count : "")</p>\n<p>\(hint)</p>"
    }
    return """
      <form id="choice" action="/compare" method="get">
      <p class="count"><span>\(count)</span> <button class="compare">Compare selected runs</button></p>
      <div class="scroll runs" tabindex="0" role="region" aria-label="Runs">
      <table>
      <thead><tr><th scope="col"><span class="hidden">Select</span></th>\(Self.columns.map(head).joined())</tr></thead>
      <tbody id="rows">
      \(runs.map(row).joined(separator: "\n"))
      </tbody>
      </table></div>
      \(runs.contains { $0.disturbed_epochs > 0 } ? "<p class=\"count\">* other programs disturbed some epochs; the run's page has the rates.</p>" : "")
      </form>
      \(pages)
      """
  }

  /// A column: what orders by it, its name, and whether there is no room for it on a phone.
  private struct Column {
    var field: String?
    var name: String
    var isNumber = false
    var isWide = false

    var classes: String {
      let names = (isNumber ? ["number"] : []) + (isWide ? ["wide"] : [])
      return names.isEmpty ? "" : " class=\"\(names.joined(separator: " "))\""
    }
  }

  private static let columns = [
    Column(field: "trial", name: "Trial"), Column(name: "State"),
    Column(field: "epochs", name: "Epochs", isNumber: true, isWide: true),
    Column(field: "train_loss", name: "Train loss", isNumber: true, isWide: true),
    Column(field: "train_accuracy", name: "Train acc", isNumber: true, isWide: true),
    Column(field: "test_accuracy", name: "Test acc", isNumber: true),
    Column(field: "examples_per_second", name: "Images/s", isNumber: true, isWide: true),
    Column(field: "seconds", name: "Time", isNumber: true, isWide: true),
    Column(field: "created_at", name: "Created (UTC)", isWide: true),
  ]

  private func head(_ column: Column) -> String {
    guard let field = column.field else { return "<th scope=\"col\"\(column.classes)>\(column.name)</th>" }
    let (isUp, isDown) = (query.sort == field, query.sort == "-\(field)")
    let next = isDown || !isUp && !column.isNumber && field != "created_at" ? field : "-\(field)"
    let order = isUp ? " aria-sort=\"ascending\"" : isDown ? " aria-sort=\"descending\"" : ""
    let arrow = isUp ? " <span aria-hidden=\"true\">↑</span>" : isDown ? " <span aria-hidden=\"true\">↓</span>" : ""
    return
      "<th scope=\"col\"\(column.classes)\(order)><a href=\"\(escapedHTML(query.address(sort: next)))\">\(column.name)\(arrow)</a></th>"
  }

  private func row(_ run: LiveRun) -> String {
    let epochs = run.progress.map { "\(Quantity.fixed($0.epoch, 2))/\(run.epochs)" } ?? "\(run.epochs)"
    let cells = [
      epochs, Quantity.fixed(run.train_loss, 3), Quantity.fixed(run.train_accuracy, 3),
      Quantity.fixed(run.test_accuracy, 3),
      Quantity.fixed(run.examples_per_second, 1) + (run.disturbed_epochs > 0 ? "*" : ""),
      run.seconds.map(Quantity.duration) ?? "–", minute(run.created_at),
    ]
    let fields = [
      "epochs", "train_loss", "train_accuracy", "test_accuracy", "examples_per_second", "seconds", "created_at",
    ]
    let rest = zip(Self.columns.dropFirst(2), zip(fields, cells)).map {
      "<td\($0.classes) data-field=\"\($1.0)\">\($1.1)</td>"
    }.joined()
    let about = ([run.experiment] + (run.profile.map { [$0] } ?? []) + run.tags.map { "#\($0)" })
      .map(escapedHTML).joined(separator: " · ")
    return """
      <tr data-run="\(run.run)"><td><input type="checkbox" name="run" value="\(run.run)" \
      aria-label="Select \(escapedHTML(run.trial)), run \(run.run)"></td>\
      <th scope="row"><a class="open" href="/runs/\(run.run)">\(escapedHTML(run.trial))</a>\
      <small>\(about) · \(run.run)</small></th><td>\(badge(run.state))</td>\(rest)</tr>
      """
  }

  private var pages: String {
    guard pageCount > 1 else { return "" }
    func link(_ page: Int, _ text: String, _ relation: String) -> String {
      (1...pageCount).contains(page) && page != query.page
        ? "<a rel=\"\(relation)\" href=\"\(escapedHTML(query.address(page: page)))\">\(text)</a>"
        : "<span class=\"off\">\(text)</span>"
    }
    return """
      <nav class="pages" aria-label="Pages of runs">
      \(link(1, "First", "first")) \(link(query.page - 1, "Previous", "prev"))
      <span>Page \(query.page) of \(pageCount)</span>
      \(link(query.page + 1, "Next", "next")) \(link(pageCount, "Last", "last"))
      </nav>
      """
  }
}
