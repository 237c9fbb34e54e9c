import Rendering
import Files
import Foundation

extension CheckableReport {
  /// What would change if the report were written into a folder, as differences of what is there from what is right.
  public func changes(in folder: String) -> Verification {
    if let drawnElsewhere = verificationIfDrawnElsewhere(in: folder) { return drawnElsewhere }
    var found = Verification()
    found.report = evidence.reportID
    found.runs = usedRuns.count
    found.list(self, file: "\(folder)/index.html")
    // The page first, for it is what people read.
    let files = report.files.sorted { ($0.key == "index.html" ? "" : $0.key) < ($1.key == "index.html" ? "" : $1.key) }
    for (name, right) in files {
      let file = "\(folder)/\(name)"
      guard let data = try? readFile(file, limit: 256 << 20) else {
        found.add(PageDifference(file: file, what: "is not there yet"))
        continue
      }
      if name == "index.html" {
        let there = (try? PageParts(data))?.frame ?? data
        let (one, other) = (PageElements(there), PageElements(frame))
        found.compareNumbers(one, other, file: file, tellsRuns: false)
        found.compareFigures(one, other.figures, file: file)
        if found.isSound { found.compareBytes(there, frame, file: file) }
        if there == frame, data != right { found.add(PageDifference(file: file, what: "its evidence differs")) }
      } else if data != right, name.hasSuffix(".png"), name.hasPrefix("figures/") {
        found.add(PageDifference(file: file, what: "differs from a fresh rendering"))
      } else if data != right {
        var lines = Verification()
        lines.compareBytes(data, right, file: file)
        if let first = lines.differences.first { found.add(first) }
      }
    }
    // A printed page is made only where it is asked for.
    for name in OwnedFolder(folder).mark?.files.keys.sorted() ?? [] where report.files[name] == nil && name != pdfName {
      guard fileKind("\(folder)/\(name)") != nil else { continue }
      found.add(PageDifference(file: "\(folder)/\(name)", what: "would be removed"))
    }
    return found
  }

  /// What checking the folder gives, if it has this very report with figures that were drawn with other fonts: then nothing
  /// but the drawings would change.
  private func verificationIfDrawnElsewhere(in folder: String) -> Verification? {
    guard let page = try? readFile("\(folder)/index.html", limit: ReportEvidence.pageLimit),
      let there = try? PageParts(page).evidence, there.fonts != evidence.fonts
    else { return nil }
    var same = there
    same.fonts = evidence.fonts
    guard same.reportID == evidence.reportID else { return nil }
    var verifier = Verifier(version: evidence.vgglab)
    return try? verifier.verify(folder: folder)
  }

  /// How large the page is, beside its limit.
  public var sizeText: String {
    func megabytes(_ bytes: Int) -> String { String(format: "%.2f MB", Double(bytes) / 1_000_000) }
    let text = "page size \(megabytes(page.count)), \(megabytes(page.count - frame.count)) of it evidence"
    return page.count <= Self.pageBudget
      ? "\(text) (limit \(megabytes(Self.pageBudget)))"
      : "\(text): more than the limit of \(megabytes(Self.pageBudget)); show fewer curves or runs"
  }
}

extension Verification {
  /// Takes the claims of a report, and how many numbers were typed into it by hand.
  mutating func list(_ report: CheckableReport, file: String) {
    unbound = report.unboundNumbers
    for var claim in report.report.listedClaims {
      verdicts[claim.verdict.rawValue, default: 0] += 1
      claim.file = file
      claims.append(claim)
    }
  }

  /// What ``CheckableReport/changes(in:)`` found, for people.
  public var changeText: String {
    guard !isSound else {
      return
        (["nothing would change: \(numbers) numbers, \(figures) \(figures == 1 ? "figure" : "figures")"]
        + skippedLines).joined(separator: "\n")
    }
    var lines = ["\(stale) of \(numbers) numbers would change, \(figures - figures_verified) of \(figures) figures"]
    lines += differences.map { difference in
      let place =
        (difference.line > 0 ? "\(difference.file):\(difference.line)" : difference.file)
        + (difference.id.map { " \($0)" } ?? "")
      return "\(place): " + (difference.what ?? "\"\(difference.found)\" becomes \"\(difference.right)\"")
    }
    if more_differences > 0 { lines.append("… and \(more_differences) more") }
    return lines.joined(separator: "\n")
  }
}
