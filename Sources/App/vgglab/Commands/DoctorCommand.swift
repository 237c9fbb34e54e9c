import ArgumentParser
import Plots
import Store

struct DoctorCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check processor, libraries, data set and store.",
    discussion: helpText(
      """
      Ends with 1 if something that a training needs is missing or damaged. With --data it checks a data set \
      alone: a folder of images or IDX files, or those that an experiment file names, and prints what it found; -o \
      draws a few images of each class.
      """, examples: "doctor", "doctor --data photos -o samples.png", also: [.failed]))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Option(
    name: .long, defaultAsFlag: DataSource.usual,
    help: ArgumentHelp("Look at a data set: a folder, or an experiment file.", valueName: "path"),
    transform: { DataSource.path($0) })
  var data: DataSource?

  @Option(name: [.customShort("o"), .long], help: "With --data: a PNG file for the first images of each class.")
  var output: String?

  @Flag(name: .long, help: "Make the store's database again from the journals.")
  var rebuild = false

  func validate() throws {
    try checkImageOutput(output, option: "-o")
    if case .path("")? = data {
      throw ValidationError("--data is empty; name a folder or an experiment file, or leave the name out")
    }
    if output != nil, data == nil { throw ValidationError("-o requires --data") }
    if rebuild, data != nil {
      throw ValidationError("--rebuild and --data do not go together; run one after the other")
    }
  }

  func execute() throws {
    if let data { return try look(at: data) }
    // The usual place may have none yet; one that was named must be there.
    if let named = store.store, !Store.exists(at: named) { throw StoreError.missing(path: named) }
    let diagnosis = try diagnose(store: store.directory, data: nil, rebuild: rebuild)
    vgglab.output(format.json ? try json(diagnosis) : diagnosis.text)
    if !diagnosis.isHealthy { throw ExitCode(1) }
  }

  private func look(at data: DataSource) throws {
    let found = try findDatasets(data)
    if let output, let first = found.first {
      if found.count > 1 { printError("vgglab: the file names \(found.count) data sets; the first is drawn") }
      try writeResult(output, try renderPNG(first.grid()), inputs: data.inputs)
      if output == "-" { return }
    }
    let reports = found.map(DataReport.init)
    vgglab.output(format.json ? try json(reports) : reports.map(\.text).joined(separator: "\n\n"))
  }
}
