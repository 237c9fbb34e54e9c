import ArgumentParser
import Terminal

struct WatchCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Watch the running trials, full screen; q quits.",
    discussion: helpText(
      examples: "watch"))

  @OptionGroup(title: "Common options") var store: StoreOptions

  func execute() throws { try watch(store: store.directory) }
}
