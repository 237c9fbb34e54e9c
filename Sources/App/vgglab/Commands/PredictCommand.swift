import ArgumentParser
import Inference
import Text

struct PredictCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Classify images with the network of a run.",
    discussion: helpText(
      """
      Images are PNG or JPEG files, or IDX files: file#7 is the image with index 7 of one, and the file alone all \
      of them. They are resized as the training images were, and made gray if these were gray. A sentence says \
      where an image is unlike the training images.
      """, examples: "predict vgg11-small-96 shoe.png --top 3"))

  enum Weights: String, ExpressibleByArgument, CaseIterable { case best, last }

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  @Argument(help: ArgumentHelp("PNG, JPEG or IDX files; - is standard input.", valueName: "image"))
  var images: [String]

  @Option(
    name: .long,
    help: "Which weights: last (end of training), or best where a run keeps them, as no training here does.")
  var at: Weights = .last

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Weights from elsewhere for the run's network: a safetensors file with PyTorch's keys of it, or torchvision's.",
      valueName: "file"))
  var weights: String?

  @Flag(name: .long, help: "Classify the negatives of the images.")
  var invert = false

  @Option(name: .long, help: "Print the N most probable classes of each image.")
  var top = 5

  @Option(
    name: .long, help: ArgumentHelp("The folder of the run's data set (default: where it was).", valueName: "dir"))
  var data: String?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if weights != nil, at != .last { throw ValidationError("--at and --weights cannot be combined") }
    try checkData(data)
    if weights?.isEmpty == true { throw ValidationError("--weights is empty; name a file") }
    if images.isEmpty { throw ValidationError("name an image: a PNG, JPEG or IDX file") }
    if images.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input (-) can be read once") }
    if top < 1 { throw ValidationError("--top is \(top); it must be at least 1") }
  }

  func execute() throws {
    let source = try store.open()
    let trained = try TrainedRun(try source.run(matching: run), in: source, data: data)
    let own = try images.flatMap { try readOwnImages($0) }
    let predictions = try trained.predict(
      own, weights: try weights.map(trained.weights(file:)) ?? trained.weights(at.rawValue), invert: invert,
      threads: threads.count)
    if format.json {
      output(try json(predictions.map { Fact($0, trained.classNames) }))
    } else {
      output(predictions.count == 1 ? table(of: predictions[0], trained) : table(of: predictions, trained))
    }
  }

  private func table(of prediction: ImagePrediction, _ trained: TrainedRun) -> String {
    var table = TextTable([("class", .left), ("probability", .right)])
    for label in prediction.ranking.prefix(top) {
      table.add([trained.classNames[label], Quantity.fixed(prediction.probabilities[label], 4)])
    }
    return ([table.text] + sentences([prediction])).joined(separator: "\n")
  }

  private func table(of predictions: [ImagePrediction], _ trained: TrainedRun) -> String {
    var table = TextTable([("image", .left), ("class", .left), ("probability", .right), ("next", .left), ("", .right)])
    for prediction in predictions {
      let ranking = prediction.ranking
      let next = ranking.dropFirst().first
      table.add([
        prediction.image, trained.classNames[ranking[0]], Quantity.fixed(prediction.probabilities[ranking[0]], 4),
        next.map { trained.classNames[$0] } ?? "", next.map { Quantity.fixed(prediction.probabilities[$0], 4) } ?? "",
      ])
    }
    return ([table.text] + sentences(predictions)).joined(separator: "\n")
  }

  /// What is unlike the training images, a line each; after the first ones only how many more there are.
  private func sentences(_ predictions: [ImagePrediction]) -> [String] {
    let all = predictions.flatMap { prediction in prediction.differences.map { "\(prediction.image) \($0)" } }
    guard !all.isEmpty else { return [] }
    return [""] + all.prefix(20).map { printable($0) }
      + (all.count > 20 ? ["and \(all.count - 20) more such sentences"] : [])
  }

  /// As JSON has it.
  struct Fact: Encodable {
    struct Class: Encodable {
      var name: String
      var label: Int
      var probability: Double
    }
    var image: String
    var label: Int
    var predicted: String
    var probability: Double
    /// By label.
    var classes: [Class]
    var differences: [String]

    init(_ prediction: ImagePrediction, _ names: [String]) {
      (image, label, differences) = (prediction.image, prediction.label, prediction.differences)
      predicted = names[label]
      probability = prediction.probabilities[label]
      classes = names.indices.map {
        Class(name: names[$0], label: $0, probability: prediction.probabilities[$0])
      }
    }
  }
}
