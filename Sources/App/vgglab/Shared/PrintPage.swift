import Evidence
import Files
import Foundation
import Processes

/// Why a page cannot be printed, as facts.
enum PrintError: Error, Hashable, CustomStringConvertible {
  /// None of the names is a program in `PATH`.
  case noBrowser(names: [String])
  /// It ended without a file, or was stopped at the deadline.
  case failed(program: String, reason: String)

  var description: String {
    switch self {
    case .noBrowser(let names):
      """
      --pdf prints the page with Chromium, and none of \(names.joined(separator: ", ")) is in PATH; install it \
      (Debian: apt-get install chromium), or leave --pdf out and print the page from any browser
      """
    case .failed(let program, let reason):
      "\(program) printed no file (\(reason)); nothing was written: try again, or print the page from any browser"
    }
  }
}

extension PrintError: Fault {
  var kind: FaultKind {
    switch self {
    case .noBrowser: .missingInput
    case .failed: .inputOutput
    }
  }
}

/// Prints pages as PDF by a Chromium that is installed, without a window, a profile of the user's or a request.
struct PagePrinter {
  private static let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
  private static let seconds = 180.0
  private static let byteLimit = 256 << 20

  private let program: String

  /// Throws ``PrintError/noBrowser(names:)``.
  init() throws(PrintError) {
    guard let program = Self.names.lazy.compactMap({ BoundedProcess.find($0) }).first else {
      throw .noBrowser(names: Self.names)
    }
    self.program = program
  }

  /// A page with its images inside as a PDF file. The same page gives the same bytes with the same browser and fonts.
  func pdf(of page: Data) throws -> Data {
    let folder = try TemporaryFolder("vgglab-print")
    let (source, target) = ("\(folder.path)/page.html", "\(folder.path)/page.pdf")
    try page.write(to: URL(fileURLWithPath: source))
    var environment = ["HOME": folder.path, "TMPDIR": folder.path, "TZ": "UTC", "LANG": "C.UTF-8"]
    for name in ["PATH", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH"] {
      environment[name] = ProcessInfo.processInfo.environment[name]
    }
    let process = BoundedProcess(
      program: program, environment: environment, deadline: monotonicSeconds() + Self.seconds)
    var arguments = [
      "--headless", "--disable-gpu", "--disable-extensions", "--disable-background-networking", "--no-first-run",
      "--hide-scrollbars", "--user-data-dir=\(folder.path)/profile", "--no-pdf-header-footer",
      "--print-to-pdf=\(target)",
    ]
    // Chromium refuses to start as root with its sandbox. The page runs nothing and asks for nothing.
    if geteuid() == 0 { arguments.append("--no-sandbox") }
    arguments.append(URL(fileURLWithPath: source).absoluteString)
    let outcome = process.run(arguments, in: FileManager.default.currentDirectoryPath, limit: 1 << 20)
    guard let file = try? readFile(target, limit: Self.byteLimit), file.starts(with: Data("%PDF-".utf8)) else {
      throw PrintError.failed(program: program, reason: Self.reason(outcome))
    }
    return Self.withoutDates(file)
  }

  private static func reason(_ outcome: BoundedProcess.Outcome?) -> String {
    guard let outcome else { return "it could not be started" }
    guard let status = outcome.status else { return "it took longer than \(Int(seconds)) s" }
    return "it ended with \(status)"
  }

  /// The file with the moment of printing set to a fixed one, which is as long.
  private static func withoutDates(_ file: Data) -> Data {
    var result = file
    for name in ["/CreationDate (D:", "/ModDate (D:"] {
      var rest = result.startIndex
      while let found = result.range(of: Data(name.utf8), in: rest..<result.endIndex) {
        var place = found.upperBound
        for digit in Data("20000101000000".utf8) {
          guard place < result.endIndex, (48...57).contains(result[place]) else { break }
          result[place] = digit
          place += 1
        }
        rest = place
      }
    }
    return result
  }
}
