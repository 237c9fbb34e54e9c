public import Configurations
import ExactJSON
import Files
import PositionedYAML

/// How many images a data set has, and what names its content.
public struct AvailableData: Sendable, Hashable {
  /// Training images.
  public var train: Int
  /// Test images.
  public var test: Int
  /// The SHA-256 over the files of a data set of one's own; nil for one whose name says what it is.
  public var data: String?
  /// Of an image: 1 gray, 3 colors.
  public var channels: Int
  /// Of the labels.
  public var classes: Int
  /// The bytes that an image takes in memory; nil where that depends on the size that it is resized to.
  public var imageBytes: Int?

  /// What a data set has.
  public init(
    train: Int, test: Int, data: String? = nil, channels: Int = 1, classes: Int = 10, imageBytes: Int? = 784
  ) {
    self.train = train
    self.test = test
    self.data = data
    self.channels = channels
    self.classes = classes
    self.imageBytes = imageBytes
  }
}

extension Experiment {
  /// Gives each trial what its data set has, by which data of one's own are identified.
  ///
  /// Throws what `find` throws, and ``ExperimentError`` where a trial wants more images than there are.
  public mutating func findData(_ find: (DatasetConfiguration) throws -> AvailableData?) throws {
    var problems = PlacedProblems(file: file, text: text)
    var known: [DatasetConfiguration: AvailableData?] = [:]
    // What is only described needs no data.
    for index in trials.indices where trials[index].training.epochs > 0 {
      let trial = trials[index]
      var key = DatasetConfiguration()
      (key.name, key.path) = (trial.dataset.name, trial.dataset.path)
      let found: AvailableData?
      if let already = known[key] { found = already } else { found = try find(key) }
      known[key] = .some(found)
      guard let found else { continue }
      trials[index].available = found
      trials[index].dataset.data = found.data
      for (name, wanted, count, what) in [
        ("dataset.train", trial.dataset.train, found.train, "training"),
        ("dataset.test", trial.dataset.test, found.test, "test"),
      ] {
        guard let wanted, wanted > count, let place = trial.places[name] else { continue }
        problems.report(
          place,
          "\(name) is \(wanted), and \(trial.dataset.name) has \(count) \(what) images; write at most \(count), or leave the key out for all"
        )
      }
    }
    try problems.finish()
  }
}

/// Where a value was written: in the file, or in a `--set`.
struct ValuePlace: Sendable, Hashable {
  var line: Int
  var column: Int
  var option: String?
}

/// What is wrong with values, at their places in the file and in options.
struct PlacedProblems {
  private let file: String
  private let text: String
  private var inFile: [YAMLProblem] = []
  private var inOptions: [String: [YAMLProblem]] = [:]

  init(file: String, text: String) {
    self.file = file
    self.text = text
  }

  mutating func report(_ place: ValuePlace, _ message: String) {
    guard let option = place.option else {
      inFile.append(YAMLProblem(line: place.line, column: place.column, message: message))
      return
    }
    // The value is behind its key.
    let start = option.unicodeScalars.prefix { $0 != "=" }.count + 1
    let problem = YAMLProblem(line: 1, column: start + place.column, message: message)
    inOptions[option, default: []].append(problem)
  }

  /// Throws if anything was wrong: what is in the file first.
  func finish() throws(ExperimentError) {
    if !inFile.isEmpty { throw .problems(YAMLProblems(file: file, text: text, problems: inFile)) }
    if let (option, problems) = inOptions.min(by: { $0.key < $1.key }) {
      throw .problems(YAMLProblems(file: "--set", text: option, problems: problems))
    }
  }
}
