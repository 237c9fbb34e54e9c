public import Files
public import Notebooks
public import Store

/// Why a report or its evidence cannot be built, read or checked.
public enum ReportError: Error, Hashable, Sendable, CustomStringConvertible {
  case file(FileError)
  case notebook(NotebookError)
  case page(file: String, PageProblem)
  case evidence(StoreError)
  case archive(ArchiveProblem)
  /// Why nothing was written into a folder.
  case output(OutputProblem)

  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .notebook(let error): "\(error)"
    case .page(let file, let problem): "\(file): \(problem)"
    case .evidence(let error): "\(error)"
    case .archive(let problem): "\(problem)"
    case .output(let problem): "\(problem)"
    }
  }
}

extension ReportError: Fault {
  public var kind: FaultKind {
    switch self {
    case .file(let error): error.kind
    case .notebook(let error): error.kind
    case .evidence(let error): error.kind
    case .page: .badInput
    case .archive(.missing), .archive(.nothing): .missingInput
    case .archive(.link), .archive(.notPlain), .archive(.notUTF8), .archive(.unsound), .archive(.damaged): .badInput
    case .archive: .usage
    case .output: .inputOutput
    }
  }
}
