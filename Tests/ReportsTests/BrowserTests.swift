import Foundation
import Evidence
import Notebooks
import Rendering
import Testing

/// What a browser and a reader with other eyes meet.
@Suite struct BrowserTests {
  /// Chromium's answer to a page: the document as it stands at the end, and what it complained about.
  static func browse(_ path: String, folder: String, width: Int = 1200) throws -> (dom: String, complaints: [String]) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr",
      "--user-data-dir=\(folder)/browser", "--window-size=\(width),900", "--virtual-time-budget=5000", "--dump-dom",
      "file://\(path)",
    ]
    let errors = "\(folder)/errors.txt"
    _ = FileManager.default.createFile(atPath: errors, contents: nil)
    process.standardError = FileHandle(forWritingAtPath: errors)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let dom = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let complaints = try String(contentsOfFile: errors, encoding: .utf8).split(separator: "\n").map(String.init)
    return (dom, complaints.filter { $0.contains("CONSOLE") })
  }

  /// The fixture's page in a folder of its own.
  static func page() throws -> (folder: ReportFolder, html: String) {
    let folder = try ReportFolder.withBibliography()
    _ = try folder.render(try RenderTests.note())
    return (folder, try folder.text("index.html"))
  }

  @Test func theBrowserHasNothingToSay() throws {
    let (folder, _) = try Self.page()
    let found = try Self.browse("\(folder.path)/out/index.html", folder: folder.path)
    #expect(found.complaints.isEmpty, "\(found.complaints)")
    #expect(found.dom.contains("A note on"))
  }

  @Test func aPhoneNeedNotScrollSidewaysAndNothingIsFetched() throws {
    let (folder, html) = try Self.page()
    // The page allows no script: a copy of it stands in a frame as wide as a phone, and a script beside it measures.
    let copy = html.replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "")
    let frame = copy.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
    let probe = """
      <!DOCTYPE html><title>waits</title><iframe style="width:360px;height:800px;border:0" srcdoc="\(frame)"></iframe>
      <script>onload = () => { const page = document.querySelector('iframe').contentWindow, body = page.document;
      body.querySelectorAll('details').forEach(d => d.open = true);
      const wide = [...body.querySelectorAll('main > *')].filter(e => e.getBoundingClientRect().right > 361).length;
      const fetched = page.performance.getEntriesByType('resource').filter(r => !r.name.startsWith('data:')).length;
      const pictures = [...body.images].filter(i => i.complete && i.naturalWidth > 0).length;
      document.title = 'measured ' + [page.innerWidth, body.documentElement.scrollWidth, wide, fetched, pictures].join(' ');
      }</script>
      """
    try Data(probe.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/probe.html"))
    let dom = try Self.browse("\(folder.path)/probe.html", folder: folder.path).dom
    let title = try #require(dom.firstMatch(of: /<title>([^<]*)<\/title>/)).1
    #expect(title == "measured 360 360 0 0 4")
  }

  @Test func headingsTablesAndPicturesAreForEveryone() throws {
    let (_, html) = try Self.page()
    let levels = html.matches(of: /<h([1-6])[ >]/).map { Int($0.1)! }
    #expect(levels.first == 1 && levels.filter { $0 == 1 }.count == 1)
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 }, "\(levels)")
    for table in html.split(separator: "<table").dropFirst() {
      let head = try #require(table.split(separator: "</thead>").first)
      #expect(head.contains("<thead>") && head.contains("<th scope=\"col\""), "\(head)")
    }
    for picture in html.matches(of: /<img [^>]*>/) {
      #expect(picture.output.contains(/alt="[^"]{20,}"/))
    }
    let ids = html.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
    #expect(Set(ids).count == ids.count)
    for target in html.matches(of: /\shref="#([^"]*)"/).map({ String($0.1) }) {
      #expect(ids.contains(target), "\(target)")
    }
    #expect(html.contains("<html lang=\"en\">") && html.contains("<main id=\"text\">"))
    #expect(!html.contains("<input"))
  }

  @Test func thePolicyNamesTheStyleAndNothingElse() throws {
    let (_, html) = try Self.page()
    let policy = try #require(html.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)).1
    #expect(policy.hasPrefix("default-src 'none'; img-src data:; style-src 'sha256-"))
    #expect(!policy.contains("unsafe") && !policy.contains("http"))
    #expect(!html.contains(" style=\"") && html.utf8.count < 3_000_000)
  }

  /// WCAG's contrast of texts with what is behind them, from the style's own colors: 4.5 at the least.
  @Test func contrastsSuffice() throws {
    let (_, html) = try Self.page()
    let style = try #require(html.split(separator: "<style>").last?.split(separator: "</style>").first)
    let themes = style.matches(of: /:root \{([^}]*)\}/).map(\.1)
    #expect(themes.count == 3)
    for theme in themes {
      var colors: [String: Double] = [:]
      for entry in theme.matches(of: /--([a-z]+): #([0-9a-f]{3,6})/) {
        colors[String(entry.1)] = Self.luminance(String(entry.2))
      }
      for text in ["ink", "soft", "link", "good", "bad", "open"] {
        for behind in ["paper", "tint"] {
          let (one, two) = (try #require(colors[text]), try #require(colors[behind]))
          let contrast = (max(one, two) + 0.05) / (min(one, two) + 0.05)
          #expect(contrast >= 4.5, "\(text) on \(behind): \(contrast)")
        }
      }
      // The ring around what has the focus.
      let (ring, paper) = (try #require(colors["accent"]), try #require(colors["paper"]))
      #expect((max(ring, paper) + 0.05) / (min(ring, paper) + 0.05) >= 3)
    }
  }

  private static func luminance(_ hex: String) -> Double {
    let digits = hex.count == 3 ? hex.map { "\($0)\($0)" }.joined() : hex
    let parts = stride(from: 0, to: 6, by: 2).map { place -> Double in
      let start = digits.index(digits.startIndex, offsetBy: place)
      let value = Double(Int(digits[start...].prefix(2), radix: 16)!) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
}
