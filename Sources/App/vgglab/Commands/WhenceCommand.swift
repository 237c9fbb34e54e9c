import ArgumentParser
import Files
import Foundation
import Evidence
import Notebooks
import Rendering

struct WhenceCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "whence", abstract: "Print where a figure comes from: its report, query and runs.",
    discussion: helpText(
      "Figures of reports have it in text chunks of their PNG files.",
      examples: "whence reports/out/figures/accuracy.png"),
    aliases: ["source"])

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "A PNG file; - is standard input.")
  var file: String

  func execute() throws {
    let origin = try FigureOrigin(png: try readFile(file), path: file)
    output(format.json ? try json(origin) : origin.description)
  }
}
