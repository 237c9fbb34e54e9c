import ArgumentParser
import Foundation
import Runs
import Store
import Terminal

/// `--store`, which every command takes.
struct StoreOptions: ParsableArguments {
  @Option(name: .long, help: "The store's folder (environment VGGLAB_STORE; default .vgglab).")
  var store: String?

  /// The folder, from the option, the environment or the default.
  var directory: String {
    if let store { return store }
    if let named = ProcessInfo.processInfo.environment["VGGLAB_STORE"], !named.isEmpty { return named }
    return ".vgglab"
  }

  /// Opens the store to read from it; what is wrong with its journals is printed. Throws ``StoreError``.
  func open() throws -> Store { try openStore(directory) }

  func validate() throws {
    if let store, store.isEmpty { throw ValidationError("--store is empty; name a folder") }
  }
}

/// `--json`, which every command takes that prints facts.
struct JSONOptions: ParsableArguments {
  @Flag(name: .long, help: "Print JSON.")
  var json = false
}

/// `--quiet`, which every command takes that prints tables or progress.
struct OutputStyleOptions: ParsableArguments {
  @Flag(
    name: [.long, .customShort("q")],
    help: "Print no color, bars, notes or progress. The start, end and problems of trials are still reported on stderr."
  )
  var quiet = false

  /// How results look on stdout.
  var look: OutputStyle { .standard(isQuiet: quiet) }
}

/// Refuses an empty path of output.
func checkOutput(_ path: String?, option: String, _ remedy: String = "name a file, or - for standard output") throws {
  if let path, path.isEmpty { throw ValidationError("\(option) is empty; \(remedy)") }
}

/// Refuses a path that cannot name a folder of output: an empty one, and `-`, which is standard output.
func checkOutputFolder(_ path: String?, option: String) throws {
  try checkOutput(path, option: option, "name a folder")
  if path == "-" {
    throw ValidationError("\(option) is -, and a folder cannot be written to standard output; name a folder")
  }
}

/// Opens a store to read from it; what is to be said of it is printed on stderr. Throws ``StoreError``.
func openStore(_ directory: String) throws -> Store {
  try printingRemarks { try Store.openToRead(at: directory, report: $0) }
}

/// Opens a store to write in it, or to make it; what is to be said of it is printed on stderr. Throws ``StoreError``.
func openStoreToChange(_ directory: String) throws -> Store {
  try printingRemarks { try Store.openToChange(at: directory, create: true, report: $0) }
}

/// Opens a store to tag, note, remove and collect; what is to be said of it is printed on stderr. Throws ``StoreError``.
func openAnnotator(_ directory: String) throws -> RunAnnotator {
  try printingRemarks { try RunAnnotator(store: directory, report: $0) }
}

/// Prints what opening a store reports, at most twenty lines of it.
private func printingRemarks<Opened>(_ open: ((StoreRemark) -> Void) throws -> Opened) rethrows -> Opened {
  var remarks: [StoreRemark] = []
  defer {
    for remark in remarks.prefix(20) { writeMessage("vgglab: \(remark)") }
    if remarks.count > 20 { writeMessage("vgglab: and \(remarks.count - 20) more; `vgglab doctor` lists them") }
  }
  return try open { remarks.append($0) }
}
