import ArgumentParser
import Images
import Inference
import Plots
import Text

struct MistakesCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "mistakes", abstract: "Show the test images that a run classified wrongly.",
    discussion: helpText(
      """
      The mistakes with the highest probability of the wrong class come first. -o draws them as a PNG file.
      """, examples: "mistakes vgg11-small-96 -n 40 -o mistakes.png"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "A run's id, a unique prefix of one, or a trial's name (its newest run).")
  var run: String

  @Option(name: .customLong("class"), help: ArgumentHelp("Only images of this class.", valueName: "name"))
  var className: String?

  @Option(name: .customShort("n"), help: "Show at most N mistakes.")
  var count = 20

  @Option(name: [.customShort("o"), .long], help: "A PNG file for the images of these mistakes.")
  var output: String?

  @Option(
    name: .long, help: ArgumentHelp("The folder of the run's data set (default: where it was).", valueName: "dir"))
  var data: String?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try checkImageOutput(output, option: "-o")
    try checkData(data)
    if !(1...1000).contains(count) { throw ValidationError("-n is \(count); it must be from 1 to 1000") }
  }

  func execute() throws {
    let source = try store.open()
    let trained = try TrainedRun(try source.run(matching: run), in: source, data: data)
    let label = try className.map { try trained.label(ofClass: $0) }
    let found = try trained.mistakes(label: label, shown: count, threads: threads.count)
    for problem in found.problems { printError("vgglab: \(printable(problem))") }
    if let output {
      guard found.problems.isEmpty || !found.pixels.isEmpty else { throw ExitCode(66) }
      try writeResult(output, try renderPNG(grid(found, trained)), inputs: data.map { [$0] } ?? [])
      if output == "-" { return }
    }
    vgglab.output(format.json ? try json(Facts(found, trained, count)) : text(found, trained))
  }

  private func sentence(_ found: MistakeList, _ trained: TrainedRun) -> String {
    let what = className == nil ? "" : " of class \(trained.classNames[label(trained)])"
    let images = "\(Quantity.grouped(found.mistakes.count)) of \(Quantity.grouped(found.images)) test images"
    return className == nil
      ? "\(images) are misclassified"
      : "\(images) are\(what) and misclassified"
  }

  private func label(_ trained: TrainedRun) -> Int { className.flatMap { try? trained.label(ofClass: $0) } ?? 0 }

  private func text(_ found: MistakeList, _ trained: TrainedRun) -> String {
    let shown = found.mistakes.prefix(count)
    var first = sentence(found, trained)
    if shown.count < found.mistakes.count {
      first += "; the first \(shown.count == 1 ? "is" : "\(shown.count) are") shown (-n shows more)"
    }
    guard !shown.isEmpty else { return printable(first) }
    let hasFiles = shown.contains { $0.file != nil }
    var table = TextTable(
      (hasFiles ? [("file", .left)] : []) + [
        ("index", .right), ("true class", .left), ("predicted class", .left), ("probability", .right),
        ("probability of true class", .right),
      ])
    for mistake in shown {
      table.add(
        (hasFiles ? [mistake.file ?? "–"] : []) + [
          "\(mistake.index)", trained.classNames[mistake.label], trained.classNames[mistake.predicted],
          mistake.probability.map { Quantity.fixed($0, 4) } ?? "–",
          mistake.probabilityOfLabel.map { Quantity.fixed($0, 4) } ?? "–",
        ])
    }
    return "\(printable(first))\n\n\(table.text)"
  }

  private func grid(_ found: MistakeList, _ trained: TrainedRun) -> ImageGrid {
    let cells = found.mistakes.prefix(count).compactMap { mistake -> ImageGrid.Cell? in
      guard let image = found.pixels[mistake.index] else { return nil }
      return ImageGrid.Cell(
        image,
        caption: [
          "predicted: \(trained.classNames[mistake.predicted])",
          "true: \(trained.classNames[mistake.label])",
          "#\(mistake.index)\(mistake.probability.map { " · \(Quantity.fixed($0, 3))" } ?? "")",
        ])
    }
    return ImageGrid(
      title: "\(trained.run.trial): \(sentence(found, trained))",
      subtitle: "Below each image: predicted class, true class, index and probability of the predicted class.",
      cells: cells, columns: 8, cellSide: 84)
  }

  /// As JSON has it.
  struct Facts: Encodable {
    struct Row: Encodable {
      var index: Int
      var file: String?
      var true_class: String
      var true_label: Int
      var predicted_class: String
      var predicted_label: Int
      var probability: Double?
      var probability_of_true_class: Double?
    }
    var run: String
    var trial: String
    var images: Int
    var misclassified: Int
    var mistakes: [Row]

    init(_ found: MistakeList, _ trained: TrainedRun, _ count: Int) {
      (run, trial) = (trained.run.id, trained.run.trial)
      (images, misclassified) = (found.images, found.mistakes.count)
      mistakes = found.mistakes.prefix(count).map {
        Row(
          index: $0.index, file: $0.file, true_class: trained.classNames[$0.label], true_label: $0.label,
          predicted_class: trained.classNames[$0.predicted], predicted_label: $0.predicted, probability: $0.probability,
          probability_of_true_class: $0.probabilityOfLabel)
      }
    }
  }
}
