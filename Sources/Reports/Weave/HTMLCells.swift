import Foundation
import Store

/// A cell as HTML, with its number (`Table 1`, `Figure 2`) where it has one.
struct HTMLCells {
  let language: String
  /// A figure's data table shows so many rows; all are in the data folder.
  static let rowLimit = 500

  func html(_ cell: EvaluatedCell, number: Int?) -> String {
    let id = cell.cell.id
    switch cell.content {
    case .nothing: return ""
    case .otherwise(let sentence): return "<p class=\"otherwise\" id=\"\(id)\">\(sentenceHTML(sentence))</p>"
    case .printout(let text):
      let caption = caption(cell, nil)
      return """
        <figure class="printout" id="\(id)"><pre tabindex="0">\(escapedHTML(text))</pre>\
        \(caption.isEmpty ? "" : "<figcaption>\(caption)</figcaption>")</figure>
        """
    case .table(let columns):
      return """
        <figure class="table" id="\(id)"><div class="scroll" tabindex="0" role="region" \
        aria-label="\(words.table) \(number ?? 0)">\
        \(table(columns, cell.rows, id: id, caption: caption(cell, "\(words.table) \(number ?? 0)")))</div>\
        \(query(cell))</figure>
        """
    case .figure(let figure):
      let columns = cell.rows.columns.enumerated().map {
        TableColumn(source: $0, heading: $1.replacing("_", with: " "), format: .text)
      }
      var rows = cell.rows
      let left = rows.rows.count - Self.rowLimit
      if left > 0 { rows.rows = Array(rows.rows.prefix(Self.rowLimit)) }
      return """
        <figure class="chart" id="\(id)">\
        <img src="data:image/png;base64,\(figure.png.base64EncodedString())" alt="\(escapedHTML(figure.altText))" \
        width="\(Int(figure.width.rounded()))" height="\(Int(figure.height.rounded()))">\
        <figcaption>\(caption(cell, "\(words.figure) \(number ?? 0)"))</figcaption>\
        <details><summary>\(words.data)</summary><div class="scroll" tabindex="0" role="region" \
        aria-label="\(words.data)">\(table(columns, rows, id: id, caption: ""))</div>\
        \(left > 0 ? "<p>\(left) \(words.more) <code>data/\(id).csv</code></p>" : "")</details>\
        \(query(cell))</figure>
        """
    }
  }

  private func caption(_ cell: EvaluatedCell, _ name: String?) -> String {
    let text = cell.cell.option("caption") ?? ""
    guard let name else { return sentenceHTML(text) }
    return "<b>\(name).</b>" + (text.isEmpty ? "" : " \(sentenceHTML(text))")
  }

  private func query(_ cell: EvaluatedCell) -> String {
    "<details><summary>\(words.query)</summary><pre tabindex=\"0\">\(escapedHTML(cell.cell.sql.trimmed))</pre></details>"
  }

  private func table(_ columns: [TableColumn], _ rows: QueryResult, id: String, caption: String) -> String {
    let numeric = columns.map { column in
      rows.rows.allSatisfy { $0[column.source] == .null || $0[column.source].number != nil }
    }
    var html = "<table>"
    if !caption.isEmpty { html += "<caption>\(caption)</caption>" }
    html += "<thead><tr>"
    for (column, isNumber) in zip(columns, numeric) {
      html += "<th scope=\"col\"\(isNumber ? " class=\"number\"" : "")>\(escapedHTML(column.heading))</th>"
    }
    html += "</tr></thead><tbody>"
    for row in rows.rows {
      html += "<tr>"
      for (place, (column, isNumber)) in zip(columns, numeric).enumerated() {
        let value = row[column.source]
        let text = escapedHTML(column.format.text(value))
        let content = value.number == nil ? text : dataElement(value, text, query: id)
        html +=
          place == 0 && !isNumber
          ? "<th scope=\"row\">\(content)</th>" : "<td\(isNumber ? " class=\"number\"" : "")>\(content)</td>"
      }
      html += "</tr>"
    }
    return html + "</tbody></table>"
  }

  var words: Words { Words(language: language) }
}

/// A bound number: its text for people, its full precision and query for machines.
func dataElement(_ value: SQLValue, _ escapedText: String, query: String) -> String {
  "<data value=\"\(escapedHTML(value.plainText))\" data-query=\"\(query)\">\(escapedText)</data>"
}

/// The few words that the weaver adds.
struct Words {
  let language: String
  private func pick(_ english: String, _ chinese: String) -> String { language == "zh" ? chinese : english }
  var table: String { pick("Table", "表") }
  var figure: String { pick("Figure", "图") }
  var data: String { pick("The data of this figure", "本图的数据") }
  var query: String { pick("The query", "查询") }
  var more: String { pick("more rows are in", "更多行见") }
  var contents: String { pick("Contents", "目录") }
  var skip: String { pick("Skip to the text", "跳到正文") }
  var made: String {
    pick(
      "Every number on this page comes from a query over stored runs. Woven by vgglab",
      "本页的每个数字都来自对已存运行的查询。编织者：vgglab")
  }
  var from: String { pick("from", "源文件") }
}

/// A caption or sentence of the notebook: text between backticks is code, nothing else is markup.
private func sentenceHTML(_ text: String) -> String {
  let parts = text.split(separator: "`", omittingEmptySubsequences: false)
  guard parts.count > 2, parts.count % 2 == 1 else { return escapedHTML(text) }
  return parts.enumerated().map { index, part in
    index % 2 == 1 ? "<code>\(escapedHTML(String(part)))</code>" : escapedHTML(String(part))
  }.joined()
}
