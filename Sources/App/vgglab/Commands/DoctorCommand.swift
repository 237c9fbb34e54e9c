import ArgumentParser

struct DoctorCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Look at processor, libraries, data set and store.",
    discussion: "Exit code 1 if something that a training needs is missing or unsound.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Option(name: .long, help: ArgumentHelp("The folder of the data set's files.", valueName: "dir"))
  var data: String?

  @Flag(name: .long, help: "Make the store's database again from the journals.")
  var rebuild = false

  func execute() throws {
    let diagnosis = try diagnose(store: store.directory, data: data, rebuild: rebuild)
    output(format.json ? try json(diagnosis) : diagnosis.text)
    if !diagnosis.isHealthy { throw ExitCode(1) }
  }
}
