public import Notebooks
import Files
import Journals
public import Store

extension Anonymizer {
  /// A notebook with the names replaced, in its queries too, so that a query about a host still finds it.
  func source(_ source: NotebookSource) -> NotebookSource {
    var source = source
    source.file = text(source.file)
    source.text = text(source.text)
    source.bibliography = source.bibliography.map(text)
    source.cells = source.cells.map { SharedCellsSource(file: text($0.file), text: text($0.text)) }
    source.settings = source.settings.mapValues(text)
    return source
  }
}

/// Builds a report as ``buildReport(_:store:version:)`` does, from anonymized copies of all runs: neither the page nor the
/// evidence in it has the names of hosts and author. Throws ``ReportError``.
public func buildAnonymousReport(
  _ source: NotebookSource, store: Store, version: String, people: [String]
) throws(ReportError) -> CheckableReport {
  do {
    let runs = try store.runs(RunSelection(includesRemoved: true)).map(\.id)
    let anonymizer = try Anonymizer(root: store.directory, runs: runs, people: people)
    let folder = try TemporaryFolder()
    for run in runs {
      let copy = try anonymizer.anonymize(
        try RunCopy(root: store.directory, run: run, artifactLimit: 0, withChanges: false))
      try makeDirectory("\(folder.path)/runs/\(run)")
      try copy.write(into: Folder("\(folder.path)/runs/\(run)"))
    }
    let copies = try Store.open(at: folder.path, access: .readWrite, create: true)
    _ = try copies.ingest()
    defer { copies.close() }
    return try buildReport(anonymizer.source(source), store: copies, version: version)
  } catch { throw asReportError(error) }
}
