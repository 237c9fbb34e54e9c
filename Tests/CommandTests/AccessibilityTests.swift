import Foundation
import Testing

/// The live page and the reports of the committed archive, checked by axe in a real browser, in light and dark, on a screen and on a phone.
@Suite struct AccessibilityTests {
  private static let looks = [["--width", "1280"], ["--width", "390", "--dark"]]

  /// What axe found on pages: one line for each rule that a page breaks.
  private func violations(of pages: [String], _ look: [String]) throws -> [String] {
    let folder = try #require(PythonTools.axe) + "/../lib"
    let script = try #require(
      FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }.first { $0.hasSuffix("/axe.min.js") }
    )
    var found: [String] = []
    for page in pages {
      let driven = try LivePageBrowserTests.drive(
        look + [
          "--height", "900", page, "wait:document.querySelector('main')", "script:\(folder)/\(script)",
          "eval:axe.run(document).then(result => { window.found = result }); 0", "wait:window.found",
          "eval:window.found.passes.length",
          "eval:window.found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 200)).join(' and '))",
        ])
      try #require(driven.code == 0 && driven.results.count == 3, "\(page): \(driven)")
      #expect(driven.results[1] as? Int ?? 0 > 10, "axe looked at nothing on \(page)")
      found += (driven.results[2] as? [String] ?? ["no list of violations"]).map { "\(page): \($0)" }
    }
    return found
  }

  @Test(.enabled(if: PythonTools.axe != nil, PythonTools.missing), arguments: looks)
  func theLivePageIsAccessible(_ look: [String]) throws {
    let (program, server) = try ServeTests.served()
    defer { program.remove() }
    defer { server.stop() }
    let runs = try server.get("/api/runs").json(ServeTests.Listed.self).runs.map(\.run)
    let paths = ["", "runs/\(runs[0])", "compare?run=\(runs[0])&run=\(runs[1])", "reports", "health"]
    let found = try violations(of: paths.map { server.address + $0 }, look)
    #expect(found == [], "\(found)")
  }

  @Test(.enabled(if: PythonTools.axe != nil, PythonTools.missing), arguments: looks)
  func reportsAreAccessible(_ look: [String]) throws {
    let folder = "\(Program.root)/reports/archive/full-length/reports"
    let pages = ["exercises", "exercises.zh", "mistakes", "pytorch"].map { "file://\(folder)/\($0)/index.html" }
    let found = try violations(of: pages, look)
    #expect(found == [], "\(found)")
  }
}
