import Evidence
import Files
import Foundation

/// The reports that were built into the store's folder for them, where nothing but what vgglab wrote is served.
struct BuiltReports: Sendable {
  private let reports: [PlainName: BuiltReport]

  init(_ store: String) { reports = BuiltReport.all(inStore: store) }

  /// A file of a report; nil if it is none, or not as vgglab wrote it.
  func file(_ folder: PlainName, _ path: [PlainName]) -> Data? { reports[folder]?.file(path) }

  /// All of them, by name.
  var facts: [ReportFacts] {
    reports.sorted { $0.key < $1.key }.map {
      ReportFacts(name: $0.key.text, notebook: $0.value.notebook, address: "/reports/\($0.key)/index.html")
    }
  }
}

/// The media type of a report's file, by its name.
struct ReportFileType: Sendable, Hashable {
  let mediaType: String
  /// Whether the browser shows it; otherwise it keeps it.
  let isShown: Bool

  init(_ name: String) {
    (mediaType, isShown) =
      switch pathExtension(name) {
      case "html": ("text/html; charset=utf-8", true)
      case "png": ("image/png", true)
      case "svg": ("image/svg+xml", true)
      case "pdf": ("application/pdf", false)
      case "md", "txt", "csv": ("text/plain; charset=utf-8", true)
      case "json", "ipynb": ("application/json", true)
      default: ("application/octet-stream", false)
      }
  }
}
