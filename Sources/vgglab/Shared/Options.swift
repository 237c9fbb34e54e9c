import ArgumentParser
import Foundation

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

  func validate() throws {
    if let store, store.isEmpty { throw ValidationError("--store is empty; name a folder") }
  }
}

/// `--json`, which every command takes that prints facts.
struct JSONOptions: ParsableArguments {
  @Flag(name: .long, help: "Print the facts as JSON.")
  var json = false
}
