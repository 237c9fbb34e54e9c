import ArgumentParser
import Files
import Runs

struct NoteCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Add a note to a run; `show` prints it.",
    discussion: helpText(
      examples: "note vgg11-small-96 \"the learning rate was too high\""))

  @OptionGroup(title: "Common options") var store: StoreOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  @Argument(help: "The note; - reads it from standard input.")
  var text: String

  func execute() throws {
    var text = text
    if text == "-" {
      text = try readText("-")
      if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
      while text.last?.isNewline == true { text.removeLast() }
    }
    let keeper = try openAnnotator(store.directory)
    let run = try keeper.runs(matching: [run])[0]
    try keeper.note(run, text)
    output("\(run.id): noted")
  }
}
