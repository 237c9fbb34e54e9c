import Files
public import Foundation

/// All that a notebook is made of, in memory: from it and a source of rows a report can be rendered without a file.
public struct NotebookSource: Sendable, Hashable {
  /// Its name, for messages and the page's foot; nothing is read from it.
  public var file: String
  /// The Markdown with its front matter.
  public var text: String
  /// The BibTeX text of the file that the front matter names.
  public var bibliography: String?
  /// The file of shared cells that the front matter names.
  public var cells: SharedCellsSource?
  /// The images that the text shows, by their addresses in it.
  public var images: [String: Data]
  /// Parameters that are set from outside, as they were written, by name.
  public var settings: [String: String]
  /// Whether the report is for its author: with TODO notes, and a list of what is open.
  public var isDraft = false

  /// A source by its parts; it is no draft.
  public init(
    file: String, text: String, bibliography: String? = nil, cells: SharedCellsSource? = nil,
    images: [String: Data] = [:], settings: [String: String] = [:]
  ) {
    self.file = file
    self.text = text
    self.bibliography = bibliography
    self.cells = cells
    self.images = images
    self.settings = settings
  }

  package static let textLimit = 1 << 20
  package static let bibliographyLimit = 1 << 20
}

/// Reads a notebook's file, and the bibliography beside it that it names. Throws ``NotebookError``.
public func readNotebookSource(
  _ file: String, settings: [String: String] = [:]
) throws(NotebookError) -> NotebookSource {
  let text: String
  do { text = try readText(file, limit: NotebookSource.textLimit) } catch { throw .file(error) }
  var source = NotebookSource(file: file, text: text, settings: settings)
  var problems = ProblemList()
  let front = try FrontMatter(lines: notebookLines(text), file: file, &problems)
  // The folder's name with its slash; nothing for a file of the working folder.
  let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
  func read(_ name: FrontMatter.Placed, _ limit: Int, _ problem: ReportProblem) throws(NotebookError) -> String {
    let path = folder + name.value
    guard isPlainFileName(name.value), fileKind(path) != .link else {
      throw .notebook(file: file, problems: [.init(line: name.line, problem: problem)])
    }
    do { return try readText(path, limit: limit) } catch {
      throw .namedFile(error, file: file, line: name.line, column: name.column)
    }
  }
  if let name = front.bibliography {
    source.bibliography = try read(name, NotebookSource.bibliographyLimit, .badBibliography(name.value))
  }
  if let name = front.cells {
    source.cells = SharedCellsSource(
      file: name.value, text: try read(name, NotebookSource.textLimit, .badCellsFile(name.value)))
  }
  source.images = try readImages(source, folder: folder.isEmpty ? "." : String(folder.dropLast()))
  return source
}

/// Whether a text names a file in the same folder and no other place.
package func isPlainFileName(_ name: String) -> Bool {
  (1...120).contains(name.utf8.count) && !name.hasPrefix(".")
    && name.unicodeScalars.allSatisfy { $0 != "/" && $0 != "\\" && $0.value >= 0x20 && $0.value != 0x7F }
}

/// Settings as they are typed, `name=value`. Throws ``NotebookError/settings(_:)``.
public func readSettings(_ texts: [String]) throws(NotebookError) -> [String: String] {
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
