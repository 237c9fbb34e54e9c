import Files
import Foundation
import Journals

/// What a folder has in which no index of a store is.
enum StorePlace {
  /// Nothing, or nothing but what stores have.
  case free
  /// Runs.
  case runs
  /// Files that no store has: somebody else's.
  case occupied

  /// Looks into a folder, without changing anything.
  init(_ directory: String) {
    guard let folder = try? Folder(directory), let names = try? folder.names() else {
      self = .free
      return
    }
    let isForeign = names.contains { !Self.isOfStore($0) }
    guard names.contains(StoreFolder.runs.text) else {
      self = isForeign ? .occupied : .free
      return
    }
    guard let runs = try? folder.folder(StoreFolder.runs), let entries = try? runs.names() else {
      self = .occupied
      return
    }
    if entries.contains(where: { Self.isRun($0, in: runs) }) {
      self = .runs
    } else {
      self = isForeign || !entries.isEmpty ? .occupied : .runs
    }
  }

  /// Whether a store may have something of a name, or a file system makes it by itself.
  private static func isOfStore(_ name: String) -> Bool {
    let own = [
      StoreFolder.runs, StoreFolder.locks, StoreFolder.cluster, StoreFolder.comparisons, StoreFolder.pins,
    ].map(\.text)
    return (own + ["reports", "lost+found", ".DS_Store"]).contains(name)
      || [StoreFolder.database.text, ".gitignore", ".nfs"].contains { name.hasPrefix($0) }
  }

  private static func isRun(_ name: String, in runs: Folder) -> Bool {
    if name.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{8}/) != nil { return true }
    guard let run = RunFolder.name(of: name), let folder = try? runs.folder(run) else { return false }
    return folder.kind(of: RunFiles.journal.text) != nil
  }
}

extension Store {
  /// Whether there is a store in a folder: its index, of which the runs may be gone, or its runs.
  public static func exists(at directory: String) -> Bool {
    var status = stat()
    if stat(databasePath(directory), &status) == 0, status.st_size > 0 { return true }
    if case .runs = StorePlace(directory) { return true }
    return false
  }
}
