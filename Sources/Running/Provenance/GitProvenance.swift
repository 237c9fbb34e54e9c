import Files
public import Foundation
import Journals
import Processes
import Text

/// What of git is kept with a run: the commit, whether files differ from it, and how.
public struct GitProvenance: Sendable {
  /// nil where none is known; then ``note`` says why.
  package var commit: String?
  /// Whether tracked files differ from the commit.
  package var dirty: Bool?
  /// What is missing, as a sentence.
  package var note: String?
  /// Why the commit that there is could not be recorded, for people; nil where it was, and where there is none.
  public var warning: String?
  /// nil where there are none, or they are not kept.
  public var changes: UncommittedChanges?

  /// Nothing is known, and nobody asks.
  package static let none = GitProvenance()

  /// Looks at the work tree that a folder is in. `store` is not part of it, even where git does not ignore it.
  public static func capture(of directory: String, store: String, keepsChanges: Bool) -> GitProvenance {
    var found = GitProvenance()
    do throws(GitAbsence) {
      let tree = try GitWorkTree(of: directory)
      found.commit = tree.commit
      let names = try tree.changedFiles()
      found.dirty = !names.isEmpty
      if keepsChanges {
        found.changes = try UncommittedChanges(tree, changed: names, store: tree.relativePath(of: store))
      } else if !names.isEmpty {
        found.note = "the uncommitted changes are not kept (switched off by --no-diff or VGGLAB_DIFF=no)"
      }
    } catch {
      found.note = "\(error)"
      if error.isFailure { found.warning = "warning: \(error)" }
    }
    return found
  }

  /// Whether uncommitted changes are kept: `VGGLAB_DIFF` says `no` where they are not.
  public static var keepsChanges: Bool {
    switch ProcessInfo.processInfo.environment["VGGLAB_DIFF"]?.lowercased() {
    case "no", "0", "false", "off": false
    default: true
    }
  }

  /// Switches the keeping of changes on or off, for this process and the workers that it starts.
  public static func setKeepsChanges(_ keeps: Bool) { setenv("VGGLAB_DIFF", keeps ? "yes" : "no", 1) }
}

/// What of a work tree is not in its commit.
public struct UncommittedChanges: Sendable {
  /// A patch that `git apply` takes, behind lines that say what is not in it.
  public var data: Data
  /// Files whose names are those of keys, tokens and the like, among those that the patch has.
  public var sensitive: [String]

  /// The bytes of a patch that are kept.
  package static let limit = 1 << 20
  /// The bytes of a patch that are looked at.
  private static let readLimit = 64 << 20
  private static let untrackedFileLimit = 64 << 10
  private static let untrackedLimit = 256 << 10
  private static let untrackedNames = 200

  /// nil without changes.
  package init?(_ tree: GitWorkTree, changed: [[UInt8]], store: String?) throws(GitAbsence) {
    let untracked = Self.choose(try tree.untrackedFiles(), tree, store: store)
    guard !changed.isEmpty || !untracked.kept.isEmpty || !untracked.named.isEmpty else { return nil }
    if !untracked.kept.isEmpty { try tree.add(untracked: untracked.kept) }
    let names = untracked.kept.isEmpty ? changed : try tree.changedFiles()
    let (patch, isCut) = try tree.patch(limit: Self.readLimit)
    var pieces = Self.pieces(of: patch)
    // The last may be half a patch.
    if isCut, !pieces.isEmpty { pieces.removeLast() }
    // A file with a merge conflict has a name and no patch.
    let isAligned = isCut || pieces.count == names.count
    var kept: [Range<Data.Index>] = []
    var keptNames: [String] = []
    var leftOut: [String] = []
    var size = 0
    for place in 0..<max(pieces.count, isAligned ? names.count : 0) {
      let name = isAligned && place < names.count ? String(decoding: names[place], as: UTF8.self) : "(a file)"
      if place < pieces.count, size + pieces[place].count <= Self.limit {
        size += pieces[place].count
        kept.append(pieces[place])
        keptNames.append(name)
      } else {
        leftOut.append(name)
      }
    }
    if !isAligned { keptNames = names.map { String(decoding: $0, as: UTF8.self) } }
    var head = "# Changes that were not committed, against commit \(tree.commit); `git apply` takes this file.\n"
    for name in leftOut { head += "# not kept, for the changes are too large: \(Self.line(name))\n" }
    for name in untracked.named { head += "# not tracked by git and not kept: \(Self.line(name))\n" }
    if untracked.more > 0 { head += "# and \(untracked.more) more files that git does not track\n" }
    var data = Data(head.utf8)
    for range in kept { data.append(patch[range]) }
    self.data = data
    sensitive = keptNames.filter(SensitiveNames.contains)
  }

  /// Of untracked files those that are kept, those that are named, and how many more there are.
  private static func choose(
    _ files: [[UInt8]], _ tree: GitWorkTree, store: String?
  ) -> (kept: [[UInt8]], named: [String], more: Int) {
    var kept: [[UInt8]] = []
    var named: [String] = []
    var (bytes, more) = (0, 0)
    for file in files {
      let name = String(decoding: file, as: UTF8.self)
      if name.split(separator: "/").contains(".vgglab") { continue }
      if let store, name == store || name.hasPrefix(store + "/") { continue }
      guard isSource(name) else { continue }
      if let size = tree.size(ofUntracked: file), size <= untrackedFileLimit, bytes + size <= untrackedLimit,
        kept.count < untrackedNames, !SensitiveNames.contains(name)
      {
        bytes += size
        kept.append(file)
      } else if named.count < untrackedNames {
        named.append(name)
      } else {
        more += 1
      }
    }
    return (kept, named, more)
  }

  private static let endings: Set = [
    "bash", "bib", "c", "cc", "cfg", "cpp", "css", "cu", "h", "hpp", "html", "ini", "jl", "js", "json", "m", "md",
    "mjs", "modulemap", "patch", "pl", "py", "r", "rb", "rs", "rst", "sh", "sql", "swift", "tex", "toml", "ts", "txt",
    "xml", "yaml", "yml", "zsh",
  ]

  /// What a run may depend on, by its name: a source file. A file of keys counts as one that is named.
  private static func isSource(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    if ["Makefile", "Dockerfile", "Package.resolved"].contains(name) { return true }
    let parts = name.split(separator: ".")
    return parts.count > 1 && endings.contains(parts[parts.count - 1].lowercased()) || SensitiveNames.contains(name)
  }

  /// The patch of each file. Every line of a patch's body begins with a space, a sign or a character of base 85, and none
  /// of those lines has this beginning.
  private static func pieces(of patch: Data) -> [Range<Data.Index>] {
    let header = Data("diff --git ".utf8)
    var starts: [Data.Index] = []
    var start = patch.startIndex
    while start < patch.endIndex {
      if patch[start...].starts(with: header) { starts.append(start) }
      guard let end = patch[start...].firstIndex(of: UInt8(ascii: "\n")) else { break }
      start = end + 1
    }
    return starts.indices.map { starts[$0]..<($0 + 1 < starts.count ? starts[$0 + 1] : patch.endIndex) }
  }

  /// A name that stays in its line.
  private static func line(_ name: String) -> String { printable(name) }
}
