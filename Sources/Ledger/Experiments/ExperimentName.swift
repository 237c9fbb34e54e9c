/// What experiments and trials can be called.
public enum ExperimentName {
  /// The rule, as a sentence for people.
  public static let rule = """
    a name has from 1 to 100 letters (a–z, A–Z), digits, dots, dashes and underscores, begins with a letter, a digit or an \
    underscore and has no two dots in a row
    """

  /// Whether a text keeps the rule.
  public static func isValid(_ text: String) -> Bool {
    let letters = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || [45, 46, 95].contains(byte)
    }
    return letters && !text.isEmpty && text.utf8.count <= 100 && !text.contains("..") && !text.hasPrefix(".")
      && !text.hasPrefix("-")
  }
}
