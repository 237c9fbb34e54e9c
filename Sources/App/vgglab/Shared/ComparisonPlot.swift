import ArgumentParser
import Files
import Journals
import Plots
import Runs
import Store

/// Draws the curves of compared runs over each other: test accuracy and train loss by epoch. The file's suffix says the format.
func drawComparison(_ comparison: RunComparison, in store: Store, to path: String, as format: PlotFormat) throws {
  let members = comparison.groups.flatMap { group in group.members.map { (letter: group.letter, member: $0) } }
  let names = members.map { "\($0.letter) \($0.member.trial) \($0.member.run.prefix(13))" }
  let curves: [(String, MetricName)] = [("test accuracy", .testAccuracy), ("train loss", .trainLoss)]
  let panels = try curves.map { title, metric in
    LineChart.Panel(
      title: title, xLabel: "epoch", yLabel: "",
      series: try zip(names, members).map { name, member in
        LineChart.Series(
          name: name,
          points: try store.curve(run: member.member.run, metric: metric.rawValue).map {
            LineChart.Point(x: $0.epoch, y: $0.value)
          },
          better: metric == .trainLoss ? .lower : .higher)
      }, xCounts: true)
  }
  let chart = Chart.lines(LineChart(panels: panels, axes: .none))
  let list = try DisplayList(chart)
  let bytes =
    switch format {
    case .png: try renderPNG(list, text: [("Description", altText(for: chart))])
    case .svg: try renderVector(list, .svg)
    case .pdf: try renderVector(list, .pdf)
    }
  try writeResult(path, bytes)
}

/// Refuses a path for images that are written as PNG and nothing else: its name has to say so. `-` is standard output, and what
/// is in `/dev` has no formats.
func checkImageOutput(_ path: String?, option: String) throws {
  try checkOutput(path, option: option)
  guard let path, path != "-", !path.hasPrefix("/dev/"), pathExtension(path).lowercased() != PlotFormat.png.rawValue
  else { return }
  throw ValidationError("\(option) is '\(path)'; end the name with .png")
}

/// A format of a drawing that a command writes.
enum PlotFormat: String {
  case png, svg, pdf

  /// By a file's suffix; PNG for a name without one. Nil for a suffix that is none of these.
  init?(path: String) {
    let suffix = pathExtension(path).lowercased()
    self.init(rawValue: suffix.isEmpty ? "png" : suffix)
  }
}
