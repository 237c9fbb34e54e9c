extension Unicode.Scalar {
  /// Whether it would drive the terminal that shows it, or end or turn its line.
  var isUnprintable: Bool {
    switch properties.generalCategory {
    case .control: self != "\t"
    case .lineSeparator, .paragraphSeparator, .surrogate: true
    case .format: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    default: false
    }
  }
}
