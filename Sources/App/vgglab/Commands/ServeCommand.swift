import ArgumentParser
import LivePage

struct ServeCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a live page of the store: runs, curves, comparisons, reports.",
    discussion: helpText(
      """
      The page only shows; nothing can be changed through it, and no training depends on it. Programs of this machine alone \
      reach it, unless --host names another address: then whoever opens it needs the token in the printed address. \
      docs/serve.md describes the pages, the JSON behind them, and what is refused.

      Ctrl-C or SIGTERM ends it, with exit code 0.
      """, examples: "serve", "serve --host 0.0.0.0 --port 9000"))

  @OptionGroup(title: "Common options") var store: StoreOptions

  @Option(name: .long, help: "The port; 0 for any free one.")
  var port = 8765

  @Option(name: .long, help: "The address to listen on; 0.0.0.0 for all of this machine's.")
  var host = "127.0.0.1"

  @Option(
    name: .long,
    help:
      "What visitors must know, at least 16 characters (default: none on this machine, generated for other addresses)."
  )
  var token: String?

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port is \(port); it must be from 0 to 65535") }
  }

  func execute() throws {
    let settings = try LivePageSettings(store: store.directory, host: host, port: port, token: token)
    try serveLivePage(settings) { address in
      output(address)
      printError("vgglab: serving \(settings.store); Ctrl-C ends it")
    }
  }
}
