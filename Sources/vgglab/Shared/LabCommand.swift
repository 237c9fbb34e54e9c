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
      complain("vgglab: \(complaint)")
      throw ExitCode(69)
    }
    signal(SIGPIPE, SIG_IGN)
    do {
      try execute()
    } catch let code as ExitCode {
      throw code
    } catch let error as ValidationError {
      throw error
    } catch {
      complain("vgglab: \(error)")
      throw ExitCode(contractExitCode(for: error))
    }
  }
}

/// Results go to stdout; one that cannot be written (a full disk) ends the program with 74.
func output(_ text: String, terminator: String = "\n") {
  let bytes = Array((text + terminator).utf8)
  var written = 0
  while written < bytes.count {
    let count = bytes.withUnsafeBytes { write(1, $0.baseAddress! + written, $0.count - written) }
    if count >= 0 {
      written += count
    } else if errno == EPIPE {
      // The reader has seen enough.
      exit(0)
    } else if errno != EINTR {
      complain("vgglab: the output could not be written (\(String(cString: strerror(errno))))")
      exit(74)
    }
  }
}

/// Progress and messages go to stderr; names in them do not command the terminal.
func complain(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data((printable(text, keepingLines: true) + "\n").utf8))
}
