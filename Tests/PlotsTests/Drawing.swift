import Foundation
import Plots
import Testing

/// A display list taken apart, for statements about it.
struct Drawing {
  let list: DisplayList
  let measure: TextMeasure
  var lines: [DisplayList.Polyline] = []
  var texts: [DisplayList.Text] = []
  var rectangles: [DisplayList.Rectangle] = []
  var circles: [DisplayList.Circle] = []
  var polygons: [DisplayList.Polygon] = []
  var images: [DisplayList.Image] = []

  init(_ chart: Chart, style: FigureStyle = FigureStyle(), measure: TextMeasure = .fixedWidth()) throws {
    self.init(try DisplayList(chart, style: style, measure: measure), measure: measure)
  }

  init(_ list: DisplayList, measure: TextMeasure = .fixedWidth()) {
    self.list = list
    self.measure = measure
    for item in list.items {
      switch item {
      case .polyline(let line): lines.append(line)
      case .text(let text): texts.append(text)
      case .rectangle(let box): rectangles.append(box)
      case .circle(let circle): circles.append(circle)
      case .polygon(let shape): polygons.append(shape)
      case .image(let image): images.append(image)
      }
    }
  }

  var words: [String] { texts.map(\.text) }

  /// Where the ink of a text is: from the tops of capitals to the ends of descenders.
  func box(_ text: DisplayList.Text) -> DisplayList.Rect {
    let width = measure.width(text.text, text.font)
    let left =
      switch text.anchor {
      case .start: text.position.x
      case .middle: text.position.x - width / 2
      case .end: text.position.x - width
      }
    return .init(
      x: left, y: text.position.y - 0.75 * text.font.size, width: width, height: 0.97 * text.font.size)
  }

  /// Labels of the x axis (centered below it) and of the y axis (ending left of it) of a chart of one panel.
  var xTicks: [DisplayList.Text] { texts.filter { $0.font.size == 10 && $0.anchor == .middle } }
  var yTicks: [DisplayList.Text] { texts.filter { $0.font.size == 10 && $0.anchor == .end } }

  /// Lines of data: of series' width, inside the plotting area.
  var curves: [DisplayList.Polyline] { lines.filter { $0.width == 1.8 && $0.clip != nil } }

  /// What must hold for every figure; the sentences of what does not.
  var faults: [String] {
    var faults: [String] = []
    let (width, height) = (list.size.width, list.size.height)
    func isInside(_ rect: DisplayList.Rect) -> Bool {
      rect.x >= -0.01 && rect.y >= -0.01 && rect.maxX <= width + 0.01 && rect.maxY <= height + 0.01
    }
    func isInside(_ points: [DisplayList.Point], _ clip: DisplayList.Rect?) -> Bool {
      if let clip { return isInside(clip) }
      return points.allSatisfy { isInside(DisplayList.Rect(x: $0.x, y: $0.y, width: 0, height: 0)) }
    }
    // From the top, so that only neighbors are compared.
    let boxes = texts.map { (text: $0.text, rect: box($0)) }.sorted { $0.rect.y < $1.rect.y }
    for (index, (text, one)) in boxes.enumerated() {
      if !isInside(one) { faults.append("\"\(text)\" runs off: \(one)") }
      for (other, two) in boxes[(index + 1)...] {
        if two.y >= one.maxY - 0.1 { break }
        if one.x < two.maxX - 0.1, two.x < one.maxX - 0.1 { faults.append("\"\(text)\" covers \"\(other)\"") }
      }
    }
    if !rectangles.allSatisfy({ isInside($0.rect) }) { faults.append("a rectangle runs off") }
    if !lines.allSatisfy({ isInside($0.points, $0.clip) }) { faults.append("a line runs off") }
    if !polygons.allSatisfy({ isInside($0.points, $0.clip) }) { faults.append("a shape runs off") }
    if !circles.allSatisfy({ isInside([$0.center], $0.clip) }) { faults.append("a circle runs off") }
    if Set(xTicks.map { "\($0.position.y) \($0.text)" }).count < xTicks.count {
      faults.append("x ticks alike: \(xTicks.map(\.text))")
    }
    if Set(yTicks.map { "\($0.position.x) \($0.text)" }).count < yTicks.count {
      faults.append("y ticks alike: \(yTicks.map(\.text))")
    }
    if list.items.contains(where: { if case .text(let text) = $0 { text.text.isEmpty } else { false } }) {
      faults.append("an empty text")
    }
    return faults
  }
}

/// Values of a series by step, from 1; the kinds that charts get wrong.
enum Values: CaseIterable {
  case usual, close, millionths, huge, hugeAndClose, tinyRange, negative, constant, zero, gaps, infinite, onLog,
    onLogInOneDecade
  case learningRates

  var isLog: Bool { self == .onLog || self == .onLogInOneDecade || self == .learningRates }

  func value(_ series: Int, _ step: Int) -> Double {
    let (s, k) = (Double(series), Double(step))
    return switch self {
    case .usual: 2.3 / (k + s)
    case .close: 0.69314718 + 4e-8 * Double((series + step) % 3)
    case .millionths: 1.23e-6 / (k + s)
    case .huge: 1.7e300 / (k + s)
    case .hugeAndClose: 1.5e12 + 1e5 * k + s
    case .tinyRange: 1 + 1e-11 * (k + s)
    case .negative: -3.2 * (k + s) + 1
    case .constant: 5
    case .zero: 0
    case .gaps: (series + step) % 3 == 0 ? .nan : k + s
    case .infinite: step == 3 ? .infinity : step == 4 ? -.infinity : k + s
    case .onLog: step == 2 ? 0 : step == 3 ? -1 : 0.001 * k * (s + 1)
    case .onLogInOneDecade: 0.69314718 + 4e-8 * Double((series + step) % 3)
    case .learningRates: [0.005, 0.01, 0.02, 1e-4, 3e-6][(series + step) % 5]
    }
  }
}

/// Names of series; the kinds that legends get wrong.
enum Names: CaseIterable {
  case short, commonBeginning, longAndAlike, chinese, unbreakable

  func name(_ index: Int) -> String {
    switch self {
    case .short: "s\(index)"
    case .commonBeginning: "vgg11-small-96-width8-batchnorm, lr 0.0\(index + 1), test accuracy"
    case .longAndAlike:
      "a very long name of an experiment that differs from others in \(index) only, which is in its middle, and goes on and on"
    case .chinese: "第\(index)次训练的测试准确率，学习率为0.0\(index + 1)，批归一化，数据增强"
    case .unbreakable: String(repeating: "x", count: 120) + "\(index)" + String(repeating: "y", count: 120)
    }
  }
}

extension Chart {
  /// Panels of series of one kind.
  static func lines(
    panels: Int = 1, series: Int = 3, points: Int = 6, _ values: Values = .usual, _ names: Names = .short,
    yRange: ClosedRange<Double>? = nil
  ) -> Chart {
    .lines(
      LineChart(
        panels: (0..<panels).map { panel in
          LineChart.Panel(
            title: names.name(panel), xLabel: "epoch", yLabel: "loss",
            series: (0..<series).map { index in
              LineChart.Series(
                name: names.name(index),
                points: (1...points).map { LineChart.Point(x: Double($0), y: values.value(index + panel, $0)) })
            }, yRange: yRange, yScale: values.isLog ? .logarithmic : .linear, xCounts: true)
        }))
  }

  /// Groups of bars of one kind.
  static func bars(groups: Int, series: Int, _ values: Values = .usual, _ names: Names = .short) -> Chart {
    .bars(
      BarChart(
        title: "", valueLabel: "value", series: (0..<series).map { names.name($0) },
        groups: (0..<groups).map { group in
          BarChart.Group(
            name: names.name(group), values: (0..<series).map { values.value($0, group + 1) })
        }, scale: values.isLog ? .logarithmic : .linear))
  }

  /// Points of one kind.
  static func scatter(series: Int, _ values: Values = .usual, _ names: Names = .short) -> Chart {
    .scatter(
      ScatterChart(
        title: "", xLabel: "x", yLabel: "y", xScale: values.isLog ? .logarithmic : .linear,
        yScale: values.isLog ? .logarithmic : .linear,
        series: (0..<series).map { index in
          ScatterChart.Series(
            name: names.name(index),
            points: (1...6).map { step in
              ScatterChart.Point(
                x: values.value(index + 1, step), y: values.value(index, step + 1), label: names.name(step))
            })
        }))
  }
}
