import Notebooks
import Rendering
import Digests
import Files
public import Foundation
import Plots
public import Store
import Text

/// Checks pages and folders of reports, and remembers the last evidence that it rebuilt.
public struct Verifier {
  /// This vgglab's.
  public let version: String
  /// What evidence may take; it may come from anybody.
  public let limits: EvidenceLimits
  private var last: (digest: String, report: CheckableReport)?

  public init(version: String, limits: EvidenceLimits = EvidenceLimits()) {
    (self.version, self.limits) = (version, limits)
  }

  /// Checks a page against the evidence inside it.
  ///
  /// The verification reports what is not as it must be. Throws ``ReportError`` for a file that is no such page, and
  /// for evidence that fits its digest and yet cannot be read or rendered.
  public mutating func verify(page: Data, file: String) throws(ReportError) -> Verification {
    try check(page: page, file: file).verification
  }

  /// Checks a report's folder: the page, and beside it everything else that was built.
  public mutating func verify(folder: String) throws(ReportError) -> Verification {
    let path = "\(folder)/index.html"
    let page: Data
    do throws(FileError) {
      page = try readFile("index.html", below: folder, limit: max(ReportEvidence.pageLimit, limits.bytes))
    } catch { throw .file(error) }
    var (found, report, figures) = try check(page: page, file: path)
    guard let report else { return found }
    let isSameVersion = report.evidence.vgglab == version
    // What is drawn alike here is compared, whatever the evidence says of fonts.
    let drawsAlike = report.evidence.fonts == fontDigest() && isSameVersion
    var files = report.report.files
    for (name, right) in Self.vectorFigures(of: report, in: folder) { files[name] = right }
    for (name, right) in files.sorted(by: { $0.key < $1.key }) where name != "index.html" {
      let file = "\(folder)/\(name)"
      guard let data = try? readFile(name, below: folder, limit: ReportEvidence.pageLimit) else {
        // One page alone is a report as well; a folder has all of it or none.
        found.add(PageDifference(file: file, what: "it is missing, or cannot be read"))
        continue
      }
      if data == right { continue }
      switch name.split(separator: ".").last {
      case "csv": found.compareBytes(data, right, file: file)
      case _ where name.hasPrefix("images/"):
        found.add(PageDifference(file: file, what: "it is not the image that the evidence has"))
      case "png" where drawsAlike:
        found.add(PageDifference(file: file, what: "it is not the figure that is drawn from its rows"))
      case "png":
        let id = name.dropFirst("figures/".count).dropLast(".png".count)
        if figures.contains(where: { $0.id == id && $0.png == sha256Hex(data) }) {
          found.add(.otherDrawing(file))
        } else {
          found.add(PageDifference(file: file, what: "it is not the figure whose digest is in the evidence"))
        }
      case "svg" where !drawsAlike, "pdf" where !drawsAlike: found.add(.otherDrawing(file))
      case "ipynb" where !drawsAlike && isSameVersion:
        found.compareBytes(data, Self.notebook(right, of: report, in: folder), file: file)
      default:
        if isSameVersion {
          found.compareBytes(data, right, file: file)
        } else {
          found.add(.otherVersion(file, report.evidence.vgglab))
        }
      }
    }
    if fileKind("\(folder)/\(pdfName)") != nil {
      found.notes.append("\(folder)/\(pdfName): not checked, because a browser printed it; the page itself is checked")
    }
    for part in ["figures", "data", "images"] {
      for name in ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(part)")) ?? []).sorted()
      where files["\(part)/\(name)"] == nil {
        found.add(PageDifference(file: "\(folder)/\(part)/\(name)", what: "the report has no such file"))
      }
    }
    return found
  }

  /// A Jupyter notebook with the figures of the folder in the place of those that are drawn here; they are checked where
  /// they are files of their own.
  private static func notebook(_ notebook: Data, of report: CheckableReport, in folder: String) -> Data {
    var text = String(decoding: notebook, as: UTF8.self)
    for (name, drawn) in report.report.files where name.hasPrefix("figures/") && name.hasSuffix(".png") {
      guard let found = try? readFile(name, below: folder, limit: ReportEvidence.pageLimit) else { continue }
      text = text.replacing(drawn.base64EncodedString(), with: found.base64EncodedString())
    }
    return Data(text.utf8)
  }

  /// The figures that a folder has as SVG or PDF too, drawn again.
  private static func vectorFigures(of report: CheckableReport, in folder: String) -> [String: Data] {
    let names = Set((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/figures")) ?? [])
    guard names.contains(where: { !$0.hasSuffix(".png") }) else { return [:] }
    let all = (try? report.report.vectorFigures(VectorFormat.allCases)) ?? [:]
    return all.filter { names.contains(String($0.key.dropFirst("figures/".count))) }
  }

  /// Compares a page's evidence with a store: journals by their digests, rows with what the journals tell.
  public func compare(page: Data, file: String, with store: Store) throws(ReportError) -> Verification {
    var found = Verification()
    do {
      let parts = try PageParts(page, limit: limits.bytes)
      let differences = try store.differences(from: parts.evidence.store)
      for difference in differences { found.add(PageDifference(file: file, what: "\(difference)")) }
      let count = parts.evidence.store.runs.count
      let absent = differences.count { if case .noSuchRun = $0 { true } else { false } }
      found.notes.append(
        absent == 0
          ? "\(Quantity.count(count, "run")) compared with the journals in \(store.directory)"
          : "\(count - absent) of \(count) runs compared with the journals in \(store.directory); \(absent) \(absent == 1 ? "is" : "are") not there"
      )
    } catch let problem as PageProblem { throw .page(file: file, problem) } catch let error as StoreError {
      throw .evidence(error)
    } catch { preconditionFailure("\(error)") }
    return found
  }

  private func read(_ path: String) throws(ReportError) -> Data {
    do { return try readFile(path, limit: max(ReportEvidence.pageLimit, limits.bytes)) } catch { throw .file(error) }
  }

  /// The report is nil where the evidence does not hold together; the figures are those that the page's evidence names.
  private mutating func check(
    page: Data, file: String
  ) throws(ReportError) -> (verification: Verification, report: CheckableReport?, figures: [ReportEvidence.Figure]) {
    var found = Verification()
    let parts: PageParts
    do { parts = try PageParts(page, limit: limits.bytes) } catch PageProblem.evidenceChanged {
      found.add(PageDifference(file: file, what: "\(PageProblem.evidenceChanged)"))
      return (found, nil, [])
    } catch PageProblem.badBlock {
      found.add(PageDifference(file: file, what: "\(PageProblem.badBlock)"))
      return (found, nil, [])
    } catch let problem as PageProblem { throw .page(file: file, problem) } catch {
      preconditionFailure("a problem of a page and no other: \(error)")
    }
    for problem in PageMarkupValidator.problems(of: parts.frame, file: file) { found.add(problem) }
    if last?.digest != parts.digest {
      last = (parts.digest, try rebuildReport(parts.evidence, seconds: limits.seconds))
    }
    guard let report = last?.report else { preconditionFailure("built just now") }
    found.compare(parts, report, file: file, isSameVersion: parts.evidence.vgglab == version)
    for sentence in parts.evidence.store.contradictions { found.add(PageDifference(file: file, what: sentence)) }
    return (found, report, parts.evidence.figures)
  }
}

extension Verification {
  /// Compares a page with the one that its evidence gives.
  fileprivate mutating func compare(
    _ parts: PageParts, _ right: CheckableReport, file: String, isSameVersion: Bool
  ) {
    report = right.evidence.reportID
    runs = right.usedRuns.count
    list(right, file: file)
    if right.evidence.source.isDraft { notes.append("\(file): it is a draft") }
    if parts.evidence.claims.map(\.id) != right.evidence.claims.map(\.id) {
      add(PageDifference(file: file, what: "the evidence has other claims than the notebook"))
    }
    for (told, judged) in zip(parts.evidence.claims, right.evidence.claims) where told != judged {
      add(
        PageDifference(
          file: file, id: judged.id, found: told.verdict.rawValue, right: judged.verdict.rawValue))
    }
    let (one, other) = (PageElements(parts.frame), PageElements(right.frame))
    compareNumbers(one, other, file: file)
    // Where the figures come out alike they are compared, whatever the evidence says of fonts.
    let figuresAreAlike = one.figures.elementsEqual(other.figures) { $0 == $1 }
    let isSameFont = parts.evidence.fonts == fontDigest()
    if figuresAreAlike || isSameFont && isSameVersion {
      compareFigures(one, other.figures, file: file)
    } else {
      let told = parts.evidence.figuresInOrder(of: other)
      let before = figures_verified
      compareFigures(one, told, file: file)
      // Their digests agree with the evidence, which whoever changed the page could have changed as well.
      figures_verified = before
      add(.otherDrawing(file))
    }
    if parts.frame != right.frame {
      guard isSameVersion else { return add(.otherVersion(file, parts.evidence.vgglab)) }
      if figuresAreAlike || isSameFont {
        compareBytes(parts.frame, right.frame, file: file)
      } else {
        compareBytes(one.withoutSizes, other.withoutSizes, file: file)
      }
    }
    // Everything else in the evidence is shown to readers, so it must be correct too.
    var told = parts.evidence
    if !figuresAreAlike, !isSameFont || !isSameVersion { told.figures = right.evidence.figures }
    if told != right.evidence, isSameVersion || parts.frame == right.frame {
      let parts = told.parts(unlike: right.evidence).joined(separator: ", ")
      add(PageDifference(file: file, what: "what the evidence says of \(parts) differs from what its rows give"))
    }
  }
}

extension SkippedComparison {
  static func otherDrawing(_ file: String) -> SkippedComparison {
    SkippedComparison(
      .figures, file: file,
      "its figures; fonts or libraries differ on this machine, so only their digests were looked up in the evidence"
    )
  }

  static func otherVersion(_ file: String, _ version: String) -> SkippedComparison {
    SkippedComparison(
      .text, file: file,
      "its text around the numbers, badges of claims included; vgglab \(version) wrote it, and this is another version")
  }
}

extension ReportEvidence {
  /// The digests of figures, in the order that a page has them in.
  func figuresInOrder(of page: PageElements) -> [(id: String, digest: String)] {
    page.figures.map { figure in (id: figure.id, digest: figures.first { $0.id == figure.id }?.png ?? "none") }
  }
}

extension CheckableReport {
  /// Digits in prose that no query gives.
  var unboundNumbers: Int { report.unbound.count }
}

extension Verifier {
  /// Checks whatever a path names: a page (`-` is standard input), a report's folder, an archive; with a store also its
  /// evidence against the journals there. Throws ``ReportError``.
  public mutating func verify(path: String, store: Store? = nil) throws(ReportError) -> Verification {
    var isDirectory: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    guard isThere || path == "-" else { throw .file(.missing(path: path)) }
    guard isDirectory.boolValue, path != "-" else {
      // It is read once, for standard input can be read no second time.
      let page = try read(path)
      var found = try verify(page: page, file: path)
      if let store, found.isSound { found.add(try compare(page: page, file: path, with: store)) }
      return found
    }
    if FileManager.default.fileExists(atPath: "\(path)/SHA256SUMS") {
      var found = try verify(archive: path)
      if let store, found.isSound { found.add(try compare(archive: path, with: store)) }
      return found
    }
    let page = "\(path)/index.html"
    guard FileManager.default.fileExists(atPath: page) else { throw .page(file: path, .noReport) }
    var found = try verify(folder: path)
    if let store, found.isSound { found.add(try compare(page: try read(page), file: page, with: store)) }
    return found
  }
}
