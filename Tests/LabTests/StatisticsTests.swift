import Lab
import Testing

/// Beside SciPy 1.17.1:
///
///     from scipy.stats import t, binomtest
///     from scipy.special import betainc
///     t.ppf(0.975, df); binomtest(min(b, c), b + c, 0.5).pvalue; betainc(a, b, x)
@Suite struct StatisticsTests {
  @Test(arguments: [
    (1, 12.706204736174694), (2, 4.302652729749462), (3, 3.1824463052837078), (4, 2.7764451051977934),
    (5, 2.5705818356363146), (9, 2.262157162798205), (29, 2.045229642132703), (120, 1.9799304050824402),
    (1000, 1.9623390808264083),
  ])
  func studentsQuantiles(degrees: Int, expected: Double) {
    let found = Statistics.studentQuantile(0.975, degrees: Double(degrees))
    #expect(abs(found / expected - 1) < 1e-11, "\(found)")
  }

  @Test(arguments: [
    (0.5, 0.5, 0.3, 0.36901011956554536), (2, 3, 0.7, 0.9163), (60, 0.5, 0.95, 0.013292852696159365),
    (0.5, 0.5, 1e-8, 6.366197734286143e-05), (1, 1, 0, 0), (1, 1, 1, 1),
  ])
  func incompleteBetas(a: Double, b: Double, x: Double, expected: Double) {
    #expect(abs(Statistics.incompleteBeta(x, a, b) - expected) < 1e-13)
  }

  @Test(arguments: [
    (0, 0, 1), (0, 1, 1), (1, 5, 0.21875), (5, 1, 0.21875), (10, 10, 1), (3, 15, 0.007537841796875),
    (121, 59, 4.4344492637551645e-06), (450, 512, 0.04915922656440718), (5000, 5200, 0.04878796312682234),
  ])
  func mcNemars(first: Int, second: Int, expected: Double) {
    let found = Statistics.mcNemar(first, second)
    #expect(abs(found / expected - 1) < 1e-9, "\(found)")
  }

  @Test func estimates() {
    let three = Statistics.estimate([0.91, 0.93, 0.92])
    #expect(abs(three.mean - 0.92) < 1e-15 && abs(three.deviation! - 0.01) < 1e-15)
    #expect(abs(three.halfWidth! - 0.02484137711750332) < 1e-14)
    let one = Statistics.estimate([0.5])
    #expect(one.mean == 0.5 && one.deviation == nil && one.halfWidth == nil)
    #expect(Statistics.estimate([2, 2]).halfWidth == 0)
  }
}
