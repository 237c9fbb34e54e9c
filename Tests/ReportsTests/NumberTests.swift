import Evidence
import Notebooks
import Rendering
import Store
import Testing

/// Numbers as sentences and tables have them.
@Suite struct NumberTests {
  @Test(arguments: [
    // No negative zero.
    ("%.1f", SQLValue.real(-0.0004), "0.0"), ("percent", .real(-0.0004), "0.0\u{A0}%"),
    ("points", .real(-0.0004), "0.0\u{A0}pt"), ("points", .real(0.0004), "0.0\u{A0}pt"),
    ("ratio", .real(-0.0004), "0.00×"),
    ("bytes", .real(-0.0004), "0\u{A0}B"), ("duration", .real(-0.0004), "0.0\u{A0}s"), ("", .real(-0.0), "0"),
    // Whole numbers are exact.
    ("%d", .integer(9_007_199_254_740_993), "9,007,199,254,740,993"),
    ("%d", .integer(.max), "9,223,372,036,854,775,807"),
    ("%d", .integer(.min), "−9,223,372,036,854,775,808"), ("%.0f", .integer(.max), "9223372036854775807"),
    ("", .integer(9_007_199_254_740_993), "9 007 199 254 740 993"), ("", .integer(1234), "1234"),
    ("", .integer(-12345), "−12 345"),
    ("grouped", .integer(-123), "−123"), ("grouped", .integer(-123_456), "−123,456"),
    ("%d", .real(2.5e9), "2,500,000,000"),
    // Rounded once, to the nearer side, and halves alike in all formats.
    ("percent", .real(0.7055), "70.6\u{A0}%"), ("percent", .real(0.0015), "0.2\u{A0}%"),
    ("points", .real(0.0015), "+0.2\u{A0}pt"),
    ("percent", .real(-0.7055), "−70.6\u{A0}%"), ("percent0", .real(0.005), "1\u{A0}%"),
    ("percent2", .real(1.5), "150.00\u{A0}%"),
    ("points", .real(-0.015), "−1.5\u{A0}pt"), ("%d", .real(2.5), "2"), ("%.0f", .real(2.5), "2"),
    ("%d", .real(3.5), "4"),
    ("duration", .real(1e6), "277\u{A0}h\u{A0}47\u{A0}min"), ("duration", .real(3599.6), "1\u{A0}h\u{A0}0\u{A0}min"),
    // No 300 digits.
    ("%.1f", .real(1e300), "1.0×10³⁰⁰"), ("percent", .real(1e300), "1.0×10³⁰²\u{A0}%"),
    ("ratio", .real(-1e200), "−1.00×10²⁰⁰×"),
    ("%d", .real(1e300), "1.00×10³⁰⁰"), ("bytes", .real(1e300), "1.0×10²⁸²\u{A0}EB"),
    ("duration", .real(1e300), "1.00×10³⁰⁰\u{A0}s"),
    ("percent", .real(1e308), "∞\u{A0}%"),
    // As written.
    ("", .real(0.005), "0.005"), ("", .real(0.05), "0.05"), ("", .real(0.70412), "0.704"), ("", .real(2.5), "2.5"),
    ("", .real(1e-5), "1×10⁻⁵"), ("", .real(1.234e-6), "1.23×10⁻⁶"), ("", .real(161.2), "161"),
    ("", .real(99.95), "100"), ("", .real(9.996), "10.0"), ("", .real(0.0123456), "0.0123"),
    ("%.2f", .real(0.705), "0.70"), ("%.2f", .text("a"), "a"), ("text", .real(0.5), "0.5"), ("", .null, "–"),
    ("duration", .real(-61), "−1\u{A0}min\u{A0}1\u{A0}s"), ("duration", .real(3_661), "1\u{A0}h\u{A0}1\u{A0}min"),
    ("bytes", .real(1_261_000_000), "1.26\u{A0}GB"), ("bytes", .integer(512), "512\u{A0}B"),
  ])
  func texts(format: String, value: SQLValue, text: String) throws {
    let found = try #require(ValueFormat(format)).text(value)
    #expect(found == text.replacing(" ", with: "\u{2009}"), "\(format)")
  }
}
