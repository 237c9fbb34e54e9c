import ArgumentParser
import Files
import Foundation
import Evidence
import Notebooks
import Rendering

struct WhenceCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "whence", abstract: "Tell where a figure comes from: its report, query and runs.",
    discussion: "Figures of reports say so in text chunks of their PNG files.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Argument(help: "A PNG file.")
  var file: String

  func execute() throws {
    let origin = try FigureOrigin(png: try readFile(file), path: file)
    output(format.json ? try json(origin) : origin.description)
  }
}
