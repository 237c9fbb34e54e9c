import ArgumentParser
import Foundation
import Processes
import Terminal
import Worker

/// A command whose errors become a sentence on stderr and an exit code of the contract.
protocol LabCommand: ParsableCommand {
  func execute() throws
}

extension LabCommand {
  func run() throws {
    if let complaint = processorComplaint() {
      printError("vgglab: \(complaint)")
      throw ExitCode(69)
    }
    do {
      try ProcessLimits.checkFiles()
      try execute()
    } catch let code as ExitCode {
      throw code
    } catch let error as ValidationError {
      printError(usageError(error.message, Self.self))
      throw ExitCode(64)
    } catch {
      printError("vgglab: \(sentence(for: error))")
      throw ExitCode(documentedExitCode(for: error))
    }
  }
}

/// As the parser prints its own errors: it knows which command it parsed only until it has run it.
func usageError(_ message: String, _ command: any ParsableCommand.Type) -> String {
  let usage = VGGLab.usageString(for: command)
  let name = usage.split(separator: " ").prefix { word in !"[<-".contains { word.first == $0 } }
  return """
    Error: \(message)
    Usage: \(usage)
      See '\(name.joined(separator: " ")) --help' for more information.
    """
}

/// Results for people go to stdout; one that cannot be written (a full disk) ends the program with 74.
func output(_ text: String, terminator: String = "\n") { finish(writeText(text + terminator)) }

/// Tables for people that were made for a look.
func output(_ text: String, _ look: OutputStyle) { finish(writeTable(text + "\n", look)) }

/// Results for programs, as they are unless stdout is a terminal.
func outputData(_ text: String, terminator: String = "\n") { finish(writeData(text + terminator)) }

private func finish(_ failure: OutputFailure?) {
  switch failure {
  case nil: return
  case .readerIsGone: leave(0)
  case .other(let reason):
    printError("vgglab: the output could not be written (\(reason))")
    leave(74)
  }
}

/// Progress and messages go to stderr.
func printError(_ text: String) { writeMessage(text) }

/// Ends the program without the clean-up of its libraries: OpenBLAS waits there for its threads, and those wait for memory
/// where a limit refuses it. Nothing is lost, for all output is written at once.
func leave(_ code: Int32) -> Never {
  restoreTerminal()
  _exit(code)
}
