import Files
import Foundation

/// All that a notebook is made of, in memory: from it and a source of rows a report can be woven without a file.
public struct NotebookSource: Sendable, Hashable {
  /// Its name, for messages and the page's foot; nothing is read from it.
  public var file: String
  /// The Markdown with its front matter.
  public var text: String
  /// The BibTeX text of the file that the front matter names.
  public var bibliography: String?
  /// Parameters that are set from outside, as they were written, by name.
  public var settings: [String: String]

  public init(file: String, text: String, bibliography: String? = nil, settings: [String: String] = [:]) {
    self.file = file
    self.text = text
    self.bibliography = bibliography
    self.settings = settings
  }

  static let textLimit = 1 << 20
  static let bibliographyLimit = 1 << 20
}

/// Reads a notebook's file, and the bibliography beside it that it names. Throws ``ReportError``.
public func readNotebookSource(
  _ file: String, settings: [String: String] = [:]
) throws(ReportError) -> NotebookSource {
  let text: String
  do { text = try readText(file, limit: NotebookSource.textLimit) } catch { throw .file(error) }
  var source = NotebookSource(file: file, text: text, settings: settings)
  var problems = ProblemList()
  let front = try FrontMatter(lines: notebookLines(text), file: file, &problems)
  guard let name = front.bibliography else { return source }
  // The folder's name with its slash; nothing for a file of the working folder.
  let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
  let path = folder + name.value
  let attributes = try? FileManager.default.attributesOfItem(atPath: path)
  guard isPlainFileName(name.value), attributes?[.type] as? FileAttributeType != .typeSymbolicLink else {
    throw .notebook(file: file, problems: [.init(line: name.line, problem: .badBibliography(name.value))])
  }
  do {
    source.bibliography = try readText(path, limit: NotebookSource.bibliographyLimit)
  } catch { throw .file(error) }
  return source
}

/// Whether a text names a file in the same folder and no other place.
func isPlainFileName(_ name: String) -> Bool {
  (1...120).contains(name.utf8.count) && !name.hasPrefix(".")
    && name.unicodeScalars.allSatisfy { $0 != "/" && $0 != "\\" && $0.value >= 0x20 && $0.value != 0x7F }
}

/// Settings as they are typed, `name=value`. Throws ``ReportError/settings(_:)``.
public func readSettings(_ texts: [String]) throws(ReportError) -> [String: String] {
  var settings: [String: String] = [:]
  var problems: [SettingProblem] = []
  for text in texts {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if sides.count != 2 || sides[0].isEmpty {
      problems.append(.notASetting(text))
    } else if settings.updateValue(sides[1], forKey: sides[0]) != nil {
      problems.append(.doubled(sides[0]))
    }
  }
  if !problems.isEmpty { throw .settings(problems) }
  return settings
}
