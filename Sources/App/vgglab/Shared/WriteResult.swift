import Files
import Foundation
import Journals

/// Writes a command's result to where the user wants it, as `writeOutput` does, but over nothing that is only read: no input of
/// the command, no file in an input's folder, and no part of a store.
///
/// Throws `FileError`.
func writeResult(_ path: String, _ bytes: Data, inputs: [String] = []) throws(FileError) {
  if path != "-" {
    let target = try outputTarget(path)
    for input in inputs where input != "-" {
      if let reason = overlap(of: target, with: input) { throw .occupied(path: path, reason: reason) }
    }
    if let store = storeWithPart(target) {
      throw .occupied(path: path, reason: "is a part of the store \(store), which vgglab alone writes")
    }
  }
  do throws(FileError) { try writeOutput(path, bytes) } catch {
    // A reader that is gone wants no more, as with what is printed.
    if path == "-", case .unwritable(_, let reason) = error, reason == String(cString: strerror(EPIPE)) { leave(0) }
    throw error
  }
}

/// Why a file cannot be written beside an input; nil where nothing is in the way.
private func overlap(of target: String, with input: String) -> String? {
  var (one, other) = (stat(), stat())
  guard stat(input, &other) == 0 else { return nil }
  if stat(target, &one) == 0, (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino) {
    return "is an input of this command"
  }
  guard FileKind(other) == .folder, let folder = realPath(input), let file = resolvedPlace(target) else { return nil }
  return file.hasPrefix(folder == "/" ? folder : "\(folder)/") ? "lies in \(input), an input of this command" : nil
}

/// The folder of the store that a file is a part of; nil for none.
private func storeWithPart(_ path: String) -> String? {
  guard let place = resolvedPlace(path) else { return nil }
  let names = place.split(separator: "/").map(String.init)
  let folders = [
    StoreFolder.runs, StoreFolder.locks, StoreFolder.cluster, StoreFolder.comparisons, StoreFolder.pins,
  ].map(\.text)
  for (index, name) in names.enumerated() {
    let store = "/" + names[..<index].joined(separator: "/")
    let hasIndex = fileKind("\(store)/\(StoreFolder.database)") == .file
    let isLast = index == names.count - 1
    if isLast, name.hasPrefix(StoreFolder.database.text),
      hasIndex || fileKind("\(store)/\(StoreFolder.runs)") == .folder
    {
      return store
    }
    guard !isLast, folders.contains(name) else { continue }
    let run = "\(store)/\(name)/\(names[index + 1])"
    let isRun = name == StoreFolder.runs.text && fileKind("\(run)/\(RunFiles.journal)") == .file
    if hasIndex || isRun { return store }
  }
  return nil
}

/// A path without links; of a file that is not there yet its folder's. Nil where there is no such folder.
private func resolvedPlace(_ path: String) -> String? {
  if let whole = realPath(path) { return whole }
  guard let folder = realPath(parentPath(path)) else { return nil }
  return folder == "/" ? "/\(lastPathComponent(path))" : "\(folder)/\(lastPathComponent(path))"
}
