import Configurations
package import Files
import Store
import Text
import Worker

/// Why a run's network cannot be used on images, as facts.
package enum InferenceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The run has never kept weights of this name.
  case noWeights(run: String, name: String, state: String)
  /// The run's network was described, or its cost measured: there never were weights.
  case neverTrained(run: String, isMeasured: Bool)
  /// The weights were kept, and their file is gone.
  case weightsGone(run: String, path: String)
  case weightsChanged(path: String)
  case unreadableWeights(path: String, reason: String)
  /// The file has no image of this number.
  case noSuchIndex(path: String, index: String, count: Int)
  case unknownClass(name: String, known: [String])
  /// The images or labels are not those that the predictions were made of.
  case otherImages(run: String)

  /// What happened, where, and what to do.
  package var description: String {
    switch self {
    case .noWeights(let run, "best", _):
      "run \(run) keeps no 'best' weights; use --at last, the weights that the training ended with"
    case .noWeights(let run, let name, "completed"):
      "run \(run) kept no '\(name)' weights; `vgglab run FILE --rerun` with its experiment file trains its trial again"
    case .noWeights(let run, let name, let state):
      "run \(run) is \(state) and keeps no '\(name)' weights; only a run that is trained to its end has them"
    case .neverTrained(let run, false):
      """
      run \(run) has no weights: its network was described and never trained (training.epochs is 0); train it with \
      `vgglab run FILE --set training.epochs=1` or more epochs
      """
    case .neverTrained(let run, true):
      """
      run \(run) has no weights: it measured what its network costs and trained nothing; run a trial of this network without \
      measure.cost
      """
    case .weightsGone(let run, let path):
      """
      the weights of run \(run) are gone (\(printable(path))): they were removed, or left out of the archive that the run \
      came in; train it again, or make the archive with --weights
      """
    case .weightsChanged(let path):
      "\(printable(path)): is not what the run has recorded (its SHA-256 differs); the file was changed or damaged"
    case .unreadableWeights(let path, let reason): "\(printable(path)): \(reason)"
    case .noSuchIndex(let path, let index, let count):
      "\(printable(path)): has no image \(printable(index)); it has \(count), numbered from 0 to \(count - 1)"
    case .unknownClass(let name, let known):
      """
      there is no class '\(printable(name))'\(nearest(to: name, among: known).map { "; did you mean '\(printable($0))'?" } ?? "; the classes are \(printable(known.prefix(20).joined(separator: ", ")))\(known.count > 20 ? ", …" : "")")
      """
    case .otherImages(let run):
      "the test images are not those that run \(run) has predicted; bring back the files, or name their folder with --data"
    }
  }
}

extension InferenceError: Fault {
  package var kind: FaultKind {
    switch self {
    case .noWeights, .neverTrained, .weightsGone, .noSuchIndex: .missingInput
    case .weightsChanged, .unreadableWeights, .otherImages: .badInput
    case .unknownClass: .usage
    }
  }
}

extension InferenceError {
  /// Why a run has no record of weights of a name.
  static func without(_ name: String, _ run: RunSummary) -> InferenceError {
    let configuration = try? RunConfiguration(canonical: run.configuration ?? "", run: run.id)
    let isMeasured = configuration?.measure?.cost != nil
    if isMeasured || run.epochs == 0 { return .neverTrained(run: run.id, isMeasured: isMeasured) }
    return .noWeights(run: run.id, name: name, state: run.state.name)
  }
}
