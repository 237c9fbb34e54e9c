import Files
import Journals

/// What an address of the page asks for.
enum Route: Sendable, Hashable {
  case runs, run(String), compare, reports, report(folder: PlainName, file: [PlainName]), health
  case style, script, icon
  case apiRuns, apiRun(String), apiCurves(String), apiLog(String), apiCompare, apiReports, apiHealth, apiEvents

  /// By the path alone, as it came: nothing in it is decoded, and what is not exactly one of these is nil.
  init?(path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    switch (parts.count, parts.first) {
    case (1, ""): self = .runs
    case (1, "compare"): self = .compare
    case (1, "reports"): self = .reports
    case (1, "health"): self = .health
    case (2, "runs") where RunFolder.isID(parts[1]): self = .run(parts[1])
    case (2, "assets"):
      switch parts[1] {
      case "page.css": self = .style
      case "page.js": self = .script
      case "icon.svg": self = .icon
      default: return nil
      }
    case (3...4, "reports"):
      let names = parts.dropFirst().map { PlainName($0) }
      guard !names.contains(nil) else { return nil }
      self = .report(folder: names[0]!, file: names.dropFirst().map { $0! })
    case (2...4, "api"): self.init(api: Array(parts.dropFirst()))
    default: return nil
    }
  }

  private init?(api parts: [String]) {
    switch (parts.count, parts[0]) {
    case (1, "runs"): self = .apiRuns
    case (1, "compare"): self = .apiCompare
    case (1, "reports"): self = .apiReports
    case (1, "health"): self = .apiHealth
    case (1, "events"): self = .apiEvents
    case (2, "runs") where RunFolder.isID(parts[1]): self = .apiRun(parts[1])
    case (3, "runs") where RunFolder.isID(parts[1]) && parts[2] == "curves": self = .apiCurves(parts[1])
    case (3, "runs") where RunFolder.isID(parts[1]) && parts[2] == "log": self = .apiLog(parts[1])
    default: return nil
    }
  }

  /// The parameters that the address has; nil where they are not looked at.
  var parameters: [String]? {
    switch self {
    case .runs, .apiRuns: ["search", "experiment", "state", "filter", "sort", "page", "size"]
    case .compare, .apiCompare, .apiEvents: ["run"]
    case .apiRun, .apiCurves, .apiLog, .apiReports, .apiHealth: []
    case .run, .reports, .report, .health, .style, .script, .icon: nil
    }
  }

  /// Whether programs ask for it, which read JSON.
  var isForPrograms: Bool {
    switch self {
    case .apiRuns, .apiRun, .apiCurves, .apiLog, .apiCompare, .apiReports, .apiHealth, .apiEvents: true
    default: false
    }
  }
}
