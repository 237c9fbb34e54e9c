import ArgumentParser
import Experiments
import Files
import Foundation
import Text

struct NewCommand: LabCommand {
  /// What can be made.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case notebook, experiment
  }

  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a commented template of a notebook or an experiment file.",
    discussion: helpText(
      """
      `new experiment mine` writes mine.yaml, `new notebook answers` writes answers.md. The templates work in any \
      folder. A file that is there is never replaced; '-' prints the template.
      """, examples: "new experiment mine", "new notebook answers"))

  @Argument(help: "What: notebook or experiment.")
  var kind: Kind

  @Argument(help: "The file, with or without its ending (.md, .yaml).")
  var name: String

  func execute() throws {
    let ending = kind == .notebook ? ".md" : ".yaml"
    let endings = kind == .notebook ? [".md"] : [".yaml", ".yml"]
    let ended = endings.first { name.hasSuffix($0) }
    let base = ended.map { String(name.dropLast($0.count)) } ?? name
    let title = name == "-" ? "mine" : lastPathComponent(base)
    guard !title.isEmpty, title != ".", title != "..", printable(title) == title, title.utf8.count <= 200 else {
      throw ValidationError("'\(printable(name))' is no name of a file; write a name such as mine")
    }
    if kind == .experiment, !ExperimentName.isValid(title) {
      throw ValidationError("an experiment cannot be called '\(title)': \(ExperimentName.rule)")
    }
    let template = kind == .notebook ? Templates.notebook(title) : Templates.experiment(title)
    guard name != "-" else { return output(template, terminator: "") }
    let path = "\(base)\(ended ?? ending)"
    try writeNewFile(path, Data(template.utf8))
    output(path)
  }
}
