import Foundation
import Testing

import Statistics

/// Beside what SciPy says; `Fixtures/make-statistics.py` asked it.
@Suite struct SciPyTests {
  let fixture = SciPyFixture.read()

  @Test func student() {
    for row in fixture.student {
      let student = StudentT(degrees: row.degrees)
      expectNear(student.lowerTail(row.t), row.lower, "\(row)")
      expectNear(student.upperTail(row.t), row.upper, "\(row)")
      expectNear(student.twoSided(row.t), row.two_sided, "\(row)")
    }
    for row in fixture.student_quantile {
      expectNear(StudentT(degrees: row.degrees).quantile(row.p), row.value, "\(row)")
    }
  }

  @Test func normal() {
    for row in fixture.normal { expectNear(normalUpperTail(row.z), row.upper, "\(row)") }
    for row in fixture.normal_quantile { expectNear(normalQuantile(row.p), row.value, "\(row)") }
  }

  @Test func binomial() {
    for row in fixture.binomial {
      let binomial = Binomial(trials: row.trials, probability: row.probability)
      expectNear(binomial.atMost(row.k), row.at_most, "\(row)")
      expectNear(binomial.atLeast(row.k), row.at_least, "\(row)")
      expectNear(binomial.twoSided(row.k), row.two_sided, "\(row)")
    }
    for row in fixture.wilson {
      let interval = wilsonInterval(successes: row.successes, trials: row.trials, level: row.level)!
      expectNear(interval.low, row.low, "\(row)")
      expectNear(interval.high, row.high, "\(row)")
    }
    for row in fixture.mcnemar {
      let test = McNemar(onlyFirst: row.only_first, onlySecond: row.only_second)
      expectNear(test.twoSided, row.two_sided, "\(row)")
      expectNear(test.notFirst, row.not_first, "\(row)")
      expectNear(test.notSecond, row.not_second, "\(row)")
    }
  }

  @Test func samples() {
    for row in fixture.sample {
      let sample = Sample(row.values.shuffled())!
      expectNear(sample.mean, row.mean, "\(row)")
      expectNear(sample.deviation!, row.deviation, "\(row)")
      expectNear(sample.standardError!, row.standard_error, "\(row)")
      expectNear(median(row.values)!, row.median, "\(row)")
      let interval = sample.interval(level: row.level)!
      expectNear(interval.low, row.low, "\(row)")
      expectNear(interval.high, row.high, "\(row)")
      let test = sample.test(margin: row.margin)!
      expectNear(test.t, row.t, "\(row)")
      expectNear(test.pValueNotGreater, row.not_above, "\(row)")
      expectNear(test.pValueNotLess, row.not_below, "\(row)")
      expectNear(test.pValueTwoSided, row.not_different, "\(row)")
    }
  }

  @Test func togetherAndByDrawing() {
    for row in fixture.holm {
      for (found, expected) in zip(holmAdjusted(row.values), row.adjusted) { expectNear(found, expected, "\(row)") }
      #expect(holmAdjusted(row.values).count == row.adjusted.count)
    }
    for row in fixture.splitmix64 {
      #expect(String(splitMix64(seed: UInt64(row.seed)!, counter: row.counter)) == row.bits)
    }
    for row in fixture.bootstrap {
      let interval = bootstrapInterval(row.values.shuffled(), level: row.level, seed: row.seed)!
      expectNear(interval.low, row.low, "\(row)")
      expectNear(interval.high, row.high, "\(row)")
    }
    for row in fixture.ratio {
      let ratio = RatioOfMeans(zip(row.first, row.second).shuffled().map { (first: $0, second: $1) })!
      expectNear(ratio.ratio, row.ratio, "\(row)")
      let interval = ratio.interval(level: row.level)
      #expect((interval == nil) == (row.low == nil))
      if let interval, let low = row.low, let high = row.high {
        expectNear(interval.low, low, "\(row)")
        expectNear(interval.high, high, "\(row)")
      }
    }
  }
}

/// Numbers are told to ten digits, so two right ones differ by less than this.
private func expectNear(
  _ found: Double, _ expected: Double, _ row: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let tolerance = 1e-9 * abs(expected) + 1e-14
  #expect(abs(found - expected) <= tolerance, "\(found), not \(expected): \(row)", sourceLocation: sourceLocation)
}

/// Names as the script writes them.
struct SciPyFixture: Decodable {
  struct Student: Decodable { var t, degrees, lower, upper, two_sided: Double }
  struct StudentQuantile: Decodable { var p, degrees, value: Double }
  struct Normal: Decodable { var z, upper: Double }
  struct NormalQuantile: Decodable { var p, value: Double }
  struct BinomialRow: Decodable {
    var k, trials: Int
    var probability, at_most, at_least, two_sided: Double
  }
  struct Wilson: Decodable {
    var successes, trials: Int
    var level, low, high: Double
  }
  struct McNemarRow: Decodable {
    var only_first, only_second: Int
    var two_sided, not_first, not_second: Double
  }
  struct SampleRow: Decodable {
    var values: [Double]
    var level, margin, mean, deviation, standard_error, median, low, high, t: Double
    var not_above, not_below, not_different: Double
  }
  struct Holm: Decodable { var values, adjusted: [Double] }
  struct SplitMix: Decodable {
    var seed: String
    var counter: UInt64
    var bits: String
  }
  struct Bootstrap: Decodable {
    var values: [Double]
    var level: Double
    var seed: UInt64
    var low, high: Double
  }
  struct Ratio: Decodable {
    var first, second: [Double]
    var level, ratio: Double
    var low, high: Double?
  }
  var student: [Student]
  var student_quantile: [StudentQuantile]
  var normal: [Normal]
  var normal_quantile: [NormalQuantile]
  var binomial: [BinomialRow]
  var wilson: [Wilson]
  var mcnemar: [McNemarRow]
  var sample: [SampleRow]
  var holm: [Holm]
  var splitmix64: [SplitMix]
  var bootstrap: [Bootstrap]
  var ratio: [Ratio]

  static func read() -> SciPyFixture {
    let folder = (#filePath as NSString).deletingLastPathComponent
    let data = try! Data(contentsOf: URL(fileURLWithPath: "\(folder)/Fixtures/statistics.json"))
    return try! JSONDecoder().decode(SciPyFixture.self, from: data)
  }
}
