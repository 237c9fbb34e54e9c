import Files
import Foundation

/// The exit code for an error: 64 usage, 65 bad input data, 66 an input is missing, 74 input/output.
func documentedExitCode(for error: any Error) -> Int32 {
  guard let fault = error as? any Fault else { return systemError(error) == nil ? 65 : 74 }
  return switch fault.kind {
  case .usage: 64
  case .badInput: 65
  case .missingInput: 66
  case .inputOutput: 74
  }
}

/// What an error says to people: one sentence, and never the text of Foundation's errors.
func sentence(for error: any Error) -> String { systemError(error) ?? "\(error)" }

/// An error of Foundation or of the system in a sentence; nil for any other.
private func systemError(_ error: any Error) -> String? {
  guard !(error is any Fault), error is CocoaError || error is POSIXError || type(of: error) == NSError.self else {
    return nil
  }
  var found = error as NSError
  let path = found.userInfo[NSFilePathErrorKey] as? String
  while found.domain != NSPOSIXErrorDomain, let inner = found.userInfo[NSUnderlyingErrorKey] as? NSError {
    found = inner
  }
  let reason =
    found.domain == NSPOSIXErrorDomain ? String(cString: strerror(Int32(found.code))) : "the system refused it"
  return "\(path.map { "\($0): " } ?? "")cannot be read or written (\(reason)); check permissions and free space"
}
