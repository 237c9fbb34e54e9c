import Rendering
import Digests
import ExactJSON
import Files
package import Foundation

/// A folder that vgglab writes output into: one that is new or empty, or one that it made before and that says so in a file,
/// the mark. Only files that the mark lists, and that nobody has changed since, are ever replaced or removed.
///
/// All is found below the folder's descriptor; no link in it is followed.
public struct OwnedFolder: Sendable {
  /// The folder, as the user named it.
  public let path: String

  /// A folder that need not be there yet.
  public init(_ path: String) { self.path = path }

  /// Digests by file paths.
  typealias Digests = [String: Set<String>]

  /// Replaces what was written before by `files`, the page last. `sources` are files that are never replaced, wherever they
  /// are. `adopt` gives the files of a folder without a mark that are vgglab's all the same; nil if it is not.
  ///
  /// Throws ``ReportError/output(_:)`` before anything is changed.
  func write(
    _ files: [String: Data], of subject: OutputSubject, sources: [String] = [],
    adopt: (Folder) -> Digests? = { _ in nil }
  ) throws(ReportError) {
    try changing { (folder) throws(ReportError) in
      let known = try listed(in: folder, subject, adopt)
      try check(Set(files.keys).union(known.keys), files, known, folder, sources: sources)
      let new = files.mapValues { Set([sha256Hex($0)]) }
      let isNew = folder.kind(of: OutputMark.name.text) == nil
      do throws(FileError) {
        // Whenever this ends, all that is there is listed.
        try write(OutputMark(subject, known.merging(new) { $0.union($1) }), folder)
        try removeLeftovers(of: Set(files.keys).union(known.keys), folder)
        let staged: [FinishedFile]
        do throws(FileError) { staged = try stage(files, folder) } catch {
          if isNew { try folder.remove(OutputMark.name) } else { try? write(OutputMark(subject, known), folder) }
          throw error
        }
        try keep(staged)
        for name in known.keys.sorted() where files[name] == nil {
          guard let (inner, name) = try place(of: name, in: folder) else { continue }
          try inner.remove(name)
        }
        try write(OutputMark(subject, new), folder)
      } catch { throw .output(.file(error)) }
    }
  }

  /// The same for folders that have a mark, or are new or empty.
  package func replace(with files: [String: Data], of subject: OutputSubject) throws(ReportError) {
    try write(files, of: subject)
  }

  /// Writes files into a folder that is new or empty, without a mark: it is never written into again.
  package func fill(_ files: [String: Data]) throws(ReportError) {
    try changing { (folder) throws(ReportError) in
      let names = try self.names(in: folder)
      guard names.isEmpty else { throw .output(.notMade(path, names: names)) }
      do throws(FileError) { try keep(try stage(files, folder)) } catch {
        throw .output(.file(error))
      }
    }
  }

  /// What the folder's mark says; nil where there is none.
  var mark: OutputMark? {
    guard let folder = try? Folder(path), let data = try? folder.read(OutputMark.name, limit: OutputMark.byteLimit)
    else { return nil }
    return try? OutputMark(data)
  }

  /// Opens or makes the folder, and keeps other programs of ours out of it meanwhile.
  private func changing(_ body: (Folder) throws(ReportError) -> Void) throws(ReportError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR { throw .output(.notAFolder(path)) }
    let folder: Folder
    do throws(FileError) {
      try makeDirectory(path)
      folder = try Folder(path)
    } catch { throw .output(.file(error)) }
    let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if lock >= 0 { close(lock) } }
    // A file system without locks is used without.
    if lock >= 0 { while flock(lock, LOCK_EX) != 0, errno == EINTR {} }
    try body(folder)
  }

  /// The names in the folder, but for what an interrupted program left of a mark.
  private func names(in folder: Folder) throws(ReportError) -> [String] {
    do throws(FileError) {
      return try folder.names().filter { !($0.hasPrefix("\(OutputMark.name).") && $0.hasSuffix(".tmp")) }
    } catch { throw .output(.file(error)) }
  }

  /// The files that vgglab wrote before.
  private func listed(
    in folder: Folder, _ subject: OutputSubject, _ adopt: (Folder) -> Digests?
  ) throws(ReportError) -> Digests {
    let names = try names(in: folder)
    guard !names.isEmpty else { return [:] }
    guard names.contains(OutputMark.name.text) else {
      guard let adopted = adopt(folder) else { throw .output(.notMade(path, names: names)) }
      return adopted
    }
    let mark: OutputMark
    do { mark = try OutputMark(try folder.read(OutputMark.name, limit: OutputMark.byteLimit)) } catch {
      throw .output(.badMark("\(path)/\(OutputMark.name)", reason: "\(error)"))
    }
    guard mark.subject.kind == subject.kind, mark.subject.notebook == subject.notebook else {
      throw .output(.other(path, found: mark.subject, wanted: subject))
    }
    return mark.files
  }

  /// Throws if anything that would be replaced or removed is not as vgglab wrote it.
  private func check(
    _ names: Set<String>, _ files: [String: Data], _ known: Digests, _ folder: Folder, sources: [String]
  ) throws(ReportError) {
    let protected = sources.compactMap { source -> stat? in
      var status = stat()
      return stat(source, &status) == 0 ? status : nil
    }
    var changed: [String] = []
    for name in names.sorted() {
      guard let path = OutputPath(name) else { preconditionFailure("'\(name)' is not the path of an output file") }
      var inner = folder
      if let part = path.folder, let kind = folder.kind(of: part.text) {
        guard kind == .folder, let there = try? folder.folder(part) else {
          if !changed.contains(part.text) { changed.append(part.text) }
          continue
        }
        inner = there
      } else if path.folder != nil {
        continue
      }
      guard let status = inner.status(path.name.text) else { continue }
      if protected.contains(where: { $0.st_dev == status.st_dev && $0.st_ino == status.st_ino }) {
        throw .output(.source("\(self.path)/\(name)"))
      }
      guard let data = try? inner.read(path.name, limit: 256 << 20) else {
        changed.append(name)
        continue
      }
      // What has the right bytes already is not changed by writing it.
      if data != files[name], known[name]?.contains(sha256Hex(data)) != true { changed.append(name) }
    }
    guard changed.isEmpty else { throw .output(.changed(self.path, names: changed)) }
  }

  private func write(_ mark: OutputMark, _ folder: Folder) throws(FileError) {
    try folder.write(OutputMark.name, Data((mark.json.json(linesTo: 2) + "\n").utf8))
  }

  /// Writes all files under temporary names, so that a full disk leaves what was there as it was; the page comes last, for it
  /// must never show what is not beside it yet.
  private func stage(_ files: [String: Data], _ folder: Folder) throws(FileError) -> [FinishedFile] {
    var staged: [FinishedFile] = []
    var inner: [String: Folder] = [:]
    do throws(FileError) {
      for (name, data) in files.sorted(by: {
        ($0.key == "index.html" ? 1 : 0, $0.key) < ($1.key == "index.html" ? 1 : 0, $1.key)
      }) {
        guard let path = OutputPath(name) else { preconditionFailure("'\(name)' is not the path of an output file") }
        let part = path.folder?.text ?? ""
        var place = inner[part] ?? folder
        if let name = path.folder, inner[part] == nil { place = try folder.folder(making: name, mode: 0o777) }
        inner[part] = place
        staged.append(try place.stage(path.name, data))
      }
      return staged
    } catch {
      for file in staged { file.discard() }
      for name in inner.keys where !name.isEmpty { folder.removeIfEmpty(name) }
      throw error
    }
  }

  /// Gives files their names; those behind one that cannot have it are removed.
  private func keep(_ staged: [FinishedFile]) throws(FileError) {
    for (place, file) in staged.enumerated() {
      do throws(FileError) { try file.keep() } catch {
        for file in staged[place...] { file.discard() }
        throw error
      }
    }
  }

  /// Removes what an interrupted program left under temporary names of these files.
  private func removeLeftovers(of files: Set<String>, _ folder: Folder) throws(FileError) {
    for part in Set(files.map { OutputPath($0)?.folder?.text ?? "" }).sorted() {
      let inner: Folder
      if part.isEmpty {
        inner = folder
      } else {
        guard folder.kind(of: part) == .folder, let name = PlainName(part) else { continue }
        inner = try folder.folder(name)
      }
      for name in try inner.names() where inner.kind(of: name) == .file {
        guard let match = name.wholeMatch(of: /(.+)\.[0-9a-f]{16}\.tmp/), let temporary = PlainName(name),
          files.contains(part.isEmpty ? String(match.1) : "\(part)/\(match.1)")
        else { continue }
        try inner.remove(temporary)
      }
    }
  }

  /// A file's folder and its name there; nil where there is no such folder.
  private func place(of name: String, in folder: Folder) throws(FileError) -> (folder: Folder, name: PlainName)? {
    guard let path = OutputPath(name) else { preconditionFailure("'\(name)' is not the path of an output file") }
    guard let part = path.folder else { return (folder, path.name) }
    return folder.kind(of: part.text) == nil ? nil : (try folder.folder(part), path.name)
  }
}
