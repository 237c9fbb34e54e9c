import ArgumentParser
import Foundation
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
  @Flag(name: .long, help: "Print the facts as JSON.")
  var json = false
}

/// Opens a store to read from it; what is wrong with its journals is printed on stderr. Throws ``StoreError``.
func openStore(_ directory: String) throws -> Store {
  try Store.openToRead(at: directory) { problems in
    for problem in problems.prefix(20) { writeMessage("vgglab: \(problem)") }
    if problems.count > 20 { writeMessage("vgglab: and \(problems.count - 20) more; `vgglab doctor` lists them") }
  }
}
