public import Notebooks
import Rendering
import Digests
public import ExactJSON
import Foundation
import Plots
public import Store

/// All that a report was built from: with it and vgglab the page can be made again, byte for byte, without the store.
public struct ReportEvidence: Sendable, Hashable {
  /// Of this form of writing it down. A notebook without shared cells and images is written in the first, no draft in the
  /// third.
  public static let format = 3
  /// Bytes of its JSON that are read unless more is asked for.
  public static let limit = 64 << 20
  /// Bytes of a page, or of a file beside it, that are read unless more is asked for.
  public static let pageLimit = 64 << 20

  /// The version that built it.
  public var vgglab: String
  /// How text is drawn: see ``fontDigest()``.
  public var fonts: String
  public var source: NotebookSource
  /// The rows behind it.
  public var store: StoreEvidence
  /// How the tables and views of the rows are made, in SQL: for readers without vgglab, who never runs it.
  public var definitions: [String] = []
  /// Every query, with the digest of its rows.
  public var queries: [Query] = []
  /// The figures' PNGs by their digests.
  public var figures: [Figure] = []
  /// Verdicts by the claims' ids, in the page's order.
  public var claims: [Claim] = []

  /// A query of the notebook and the digest of its answer.
  public struct Query: Sendable, Hashable {
    public var id: String
    public var kind: String
    public var sql: String
    /// SHA-256 of its rows as CSV.
    public var rows: String
    /// The runs that it depends on.
    public var runs: [String]
  }

  /// A figure of the page.
  public struct Figure: Sendable, Hashable {
    public var id: String
    /// SHA-256.
    public var png: String
  }

  /// A claim and its verdict.
  public struct Claim: Sendable, Hashable {
    public var id: String
    public var verdict: Verdict
  }

  public init(vgglab: String, fonts: String, source: NotebookSource, store: StoreEvidence) {
    self.vgglab = vgglab
    self.fonts = fonts
    self.source = source
    // Folders of the machine that built it are nobody's business.
    self.source.file = source.file.split(separator: "/").last.map(String.init) ?? source.file
    self.store = store
  }

  /// Names the report: sixteen digits of the digest of what it was built from.
  public var reportID: String { String(sha256Hex(JSONValue.object(inputs).json).prefix(16)) }

  public var json: JSONValue {
    .object(
      inputs + [
        JSONValue.Member("definitions", .array(definitions.map { .text($0) })),
        JSONValue.Member(
          "queries",
          .array(
            queries.map { query in
              .object([
                "id": .text(query.id), "kind": .text(query.kind), "sql": .text(query.sql), "rows": .text(query.rows),
                "runs": .array(query.runs.map { .text($0) }),
              ])
            })),
        JSONValue.Member(
          "figures", .array(figures.map { .object(["id": .text($0.id), "png": .text($0.png)]) })),
        JSONValue.Member(
          "claims",
          .array(claims.map { .object(["id": .text($0.id), "verdict": .text($0.verdict.rawValue)]) })),
      ])
  }

  /// Which parts differ from those of other evidence, for people.
  func parts(unlike other: ReportEvidence) -> [String] {
    let parts = [
      ("its views", definitions == other.definitions), ("its queries", queries == other.queries),
      ("its figures", figures == other.figures), ("its claims", claims == other.claims),
      ("its rows", store == other.store), ("its notebook", source == other.source),
    ]
    let unlike = parts.filter { !$0.1 }.map(\.0)
    return unlike.isEmpty ? ["itself"] : unlike
  }

  private var isFirstFormat: Bool { source.cells == nil && source.images.isEmpty && !source.isDraft }

  private var inputs: [JSONValue.Member] {
    var notebook = [
      JSONValue.Member("file", .text(source.file)), JSONValue.Member("text", .text(source.text)),
      JSONValue.Member("bibliography", source.bibliography.map { .text($0) } ?? .null),
    ]
    if !isFirstFormat {
      notebook.append(
        JSONValue.Member(
          "cells", source.cells.map { .object(["file": .text($0.file), "text": .text($0.text)]) } ?? .null))
      notebook.append(
        JSONValue.Member(
          "images",
          .object(
            source.images.sorted { $0.key < $1.key }.map {
              JSONValue.Member($0.key, .text($0.value.base64EncodedString()))
            })))
    }
    notebook.append(
      JSONValue.Member(
        "settings",
        .object(source.settings.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .text($0.value)) })))
    if source.isDraft { notebook.append(JSONValue.Member("draft", .bool(true))) }
    return [
      JSONValue.Member("format", .integer(isFirstFormat ? 1 : source.isDraft ? 3 : 2)),
      JSONValue.Member("vgglab", .text(vgglab)),
      JSONValue.Member("fonts", .text(fonts)),
      JSONValue.Member("notebook", .object(notebook)),
      JSONValue.Member("store", store.json),
    ]
  }

  private static func readAttached(_ notebook: EvidenceFields, _ source: inout NotebookSource) throws(StoreError) {
    let cells = try notebook.value("cells")
    if cells != .null {
      let fields = try EvidenceFields(cells, "cells", ["file", "text"])
      let shared = SharedCellsSource(file: try fields.text("file"), text: try fields.text("text"))
      guard isPlainFileName(shared.file), shared.text.utf8.count <= NotebookSource.textLimit else {
        throw .evidence(.wrongType("cells", expected: "a file's name and a text of a notebook's size"))
      }
      source.cells = shared
    }
    guard let images = try notebook.value("images").members, images.count <= EmbeddedImage.countLimit else {
      throw .evidence(.wrongType("images", expected: "an object of a notebook's images"))
    }
    var bytes = 0
    for image in images {
      guard let text = image.value.text, let data = Data(base64Encoded: text), data.base64EncodedString() == text else {
        throw .evidence(.wrongType(image.key, expected: "an image in base64"))
      }
      bytes += data.count
      source.images[image.key] = data
    }
    guard bytes <= EmbeddedImage.totalLimit else {
      throw .evidence(.wrongType("images", expected: "of at most \(EmbeddedImage.totalLimit) bytes"))
    }
  }

  /// Reads what ``json`` wrote. Throws `StoreError/evidence(_:)`.
  public init(json: JSONValue) throws(StoreError) {
    let fields = try EvidenceFields(
      json, "evidence",
      ["format", "vgglab", "fonts", "notebook", "store", "definitions", "queries", "figures", "claims"])
    let format = try fields.integer("format", in: 1...1_000_000)
    guard format <= Self.format else { throw .evidence(.newer(found: format, known: Self.format)) }
    vgglab = try fields.text("vgglab")
    fonts = try fields.text("fonts")
    let notebook = try EvidenceFields(
      try fields.value("notebook"), "notebook",
      ["file", "text", "bibliography", "settings"] + (format == 1 ? [] : ["cells", "images"])
        + (format == 3 ? ["draft"] : []))
    let file = try notebook.text("file")
    guard isPlainFileName(file) else { throw .evidence(.wrongType("file", expected: "a file's name")) }
    var settings: [String: String] = [:]
    guard let members = try notebook.value("settings").members else {
      throw .evidence(.wrongType("settings", expected: "an object"))
    }
    for member in members {
      guard let text = member.value.text else { throw .evidence(.wrongType(member.key, expected: "a text")) }
      settings[member.key] = text
    }
    let text = try notebook.text("text")
    let bibliography = try notebook.optionalText("bibliography")
    guard text.utf8.count <= NotebookSource.textLimit, bibliography?.utf8.count ?? 0 <= NotebookSource.bibliographyLimit
    else { throw .evidence(.wrongType("text", expected: "of a notebook's size")) }
    source = NotebookSource(file: file, text: text, bibliography: bibliography, settings: settings)
    if format > 1 { try Self.readAttached(notebook, &source) }
    if format == 3 {
      guard try notebook.value("draft") == .bool(true) else { throw .evidence(.wrongType("draft", expected: "true")) }
      source.isDraft = true
    }
    store = try StoreEvidence(json: try fields.value("store"))
    for value in try fields.array("definitions") {
      guard let text = value.text else { throw .evidence(.wrongType("definitions", expected: "a list of texts")) }
      definitions.append(text)
    }
    for value in try fields.array("queries") {
      let query = try EvidenceFields(value, "queries", ["id", "kind", "sql", "rows", "runs"])
      queries.append(
        Query(
          id: try query.text("id"), kind: try query.text("kind"), sql: try query.text("sql"),
          rows: try query.text("rows"),
          runs: try query.array("runs").map { value throws(StoreError) in
            guard let run = value.text else { throw .evidence(.wrongType("runs", expected: "a list of texts")) }
            return run
          }))
    }
    for value in try fields.array("figures") {
      let figure = try EvidenceFields(value, "figures", ["id", "png"])
      figures.append(Figure(id: try figure.text("id"), png: try figure.text("png")))
    }
    for value in try fields.array("claims") {
      let claim = try EvidenceFields(value, "claims", ["id", "verdict"])
      guard let verdict = Verdict(rawValue: try claim.text("verdict")) else {
        throw .evidence(.wrongType("verdict", expected: "a verdict"))
      }
      claims.append(Claim(id: try claim.text("id"), verdict: verdict))
    }
  }
}

/// What a page's evidence may take to be read and checked.
public struct EvidenceLimits: Sendable, Hashable {
  /// Of its JSON.
  public var bytes = ReportEvidence.limit
  /// Processor seconds of all queries of one page.
  public var seconds = EvidenceDatabase.seconds

  public init() {}
}

/// A digest of how text is drawn on this machine: of a small image with letters of several scripts. Where it is the same,
/// figures come out with the same bytes.
public func fontDigest() -> String { drawnSpecimen }

private let drawnSpecimen: String = {
  let chart = BarChart(
    title: "Hamburgefonstiv 0123456789", valueLabel: "训练损失与测试精度", series: ["αβγ ∞ ≤ → ×−%±", "图表"],
    groups: [
      BarChart.Group(name: "VGG-11", values: [1.25, 3]), BarChart.Group(name: "学习率", values: [2, 0.5]),
    ])
  guard let png = try? renderPNG(try DisplayList(.bars(chart)), scale: 2) else { return "none" }
  return sha256Hex(png)
}()
