import Testing

import Statistics

@Suite struct EdgeTests {
  @Test func noneOrOneValue() {
    #expect(Sample([]) == nil && median([]) == nil && bootstrapInterval([]) == nil)
    #expect(RatioOfMeans([]) == nil && wilsonInterval(successes: 0, trials: 0) == nil)
    let one = Sample([0.5])!
    #expect(one.mean == 0.5 && one.deviation == nil && one.interval() == nil && one.test() == nil)
    #expect(one.countNeeded() == nil)
    #expect(bootstrapInterval([3]) == Interval(low: 3, high: 3))
    #expect(RatioOfMeans([(1, 2)])!.interval() == nil)
    #expect(RatioOfMeans([(1, 0), (2, 0)]) == nil)
  }

  @Test func equalValues() {
    let sample = Sample([0.1, 0.1, 0.1])!
    #expect(sample.mean == 0.1 && sample.deviation == 0 && sample.interval() == Interval(low: 0.1, high: 0.1))
    #expect(sample.test(margin: 0)!.pValueNotGreater == 0 && sample.test(margin: 0)!.pValueNotLess == 1)
    #expect(sample.test(margin: 0.2)!.pValueNotLess == 0 && sample.test(margin: 0.1)!.pValueNotGreater == 0.5)
    #expect(sample.countNeeded(margin: 0) == 2)
  }

  @Test func neitherAloneIsRight() {
    let none = McNemar(onlyFirst: 0, onlySecond: 0)
    #expect(none.twoSided == 1 && none.notFirst == 1 && none.notSecond == 1)
  }

  /// The number that is named decides, and one fewer does not.
  @Test(arguments: [(0.1, 0.5), (1, 0.2), (-0.3, 0.31)])
  func howManyWouldDo(mean: Double, deviation: Double) {
    let half = deviation / 2.0.squareRoot()
    let sample = Sample([mean - half, mean + half])!
    let needed = sample.countNeeded(level: 0.95)!
    func p(_ n: Int) -> Double {
      StudentT(degrees: Double(n - 1)).upperTail(abs(mean) / deviation * Double(n).squareRoot())
    }
    #expect(p(needed) < 0.05)
    #expect(needed == 2 || p(needed - 1) >= 0.05)
    #expect(sample.countNeeded(isTwoSided: true)! >= needed)
  }

  @Test func farOut() {
    #expect(StudentT(degrees: 1).upperTail(.infinity) == 0 && StudentT(degrees: 4).lowerTail(-1e200) == 0)
    #expect(StudentT(degrees: 1).quantile(1e-300) < -1e100)
    // Values of mpmath 1.3; far out the tail is a power of the value.
    let far: [(degrees: Double, p: Double, value: Double)] = [
      (1, 1e-200, 3.1830988618379e199), (3, 1e-200, 4.7952757204692e66), (0.5, 1e-100, 1.0284911563163e199),
      (2, 1e-200, 7.0710678118655e99), (10, 1e-200, 2.5645257189482e20), (3, 1e-20, 4.795275720469e6),
      (1, 1e-9, 3.1830988618379e8), (100, 1e-200, 968.22280668188),
    ]
    for (degrees, p, value) in far {
      let found = -StudentT(degrees: degrees).quantile(p)
      #expect(abs(found / value - 1) < 1e-9, "\(degrees) degrees, p = \(p): \(found)")
    }
    #expect(StudentT(degrees: 0.5).quantile(1e-200) == -.infinity)
    #expect(normalUpperTail(100) == 0 && normalUpperTail(-100) == 1)
    #expect(Binomial(trials: 1_000_000_000, probability: 0.5).atLeast(500_000_000) > 0.5)
    #expect(
      Binomial(trials: 10, probability: 0).twoSided(0) == 1 && Binomial(trials: 10, probability: 1).twoSided(3) == 0)
  }
}
