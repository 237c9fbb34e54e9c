import ArgumentParser
import Foundation
import Lab

/// A command whose errors become a sentence on stderr and an exit code of the contract.
protocol LabCommand: ParsableCommand {
  func execute() throws
}

extension LabCommand {
  func run() throws {
    if let complaint = Processor.complaint {
      message("vgglab: \(complaint)")
      throw ExitCode(69)
    }
    do {
      try execute()
      try flushOutput()
    } catch let code as ExitCode {
      throw code
    } catch let error as ValidationError {
      throw error
    } catch {
      message("vgglab: \(error)")
      throw ExitCode(exitCode(for: error))
    }
  }
}

/// Results go to stdout.
func output(_ text: String) {
  fputs(text + "\n", stdout)
}

/// Progress and messages go to stderr.
func message(_ text: String) {
  fputs(text + "\n", stderr)
}

/// A result that could not be written (a full disk, a closed pipe) is an input/output error, not a success.
private func flushOutput() throws {
  guard fflush(stdout) == 0, ferror(stdout) == 0 else {
    message("vgglab: the output could not be written (\(String(cString: strerror(errno))))")
    throw ExitCode(74)
  }
}
