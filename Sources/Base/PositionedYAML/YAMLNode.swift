/// A YAML value that knows its place in its file.
public struct YAMLNode: Sendable, Hashable {
  /// What a value may be.
  public enum Content: Sendable, Hashable {
    /// A scalar's text; `plain` where it was written without quotes, so that it may mean a number, a truth or null.
    case scalar(String, plain: Bool)
    case sequence([YAMLNode])
    case mapping([Entry])
  }

  /// A key of a mapping and its value.
  public struct Entry: Sendable, Hashable {
    /// The key.
    public var key: String
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    /// The value.
    public var value: YAMLNode

    /// An entry at a place.
    public init(key: String, line: Int, column: Int, value: YAMLNode) {
      self.key = key
      self.line = line
      self.column = column
      self.value = value
    }
  }

  /// What it is.
  public var content: Content
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars.
  public var column: Int

  /// A value at a place.
  public init(content: Content, line: Int, column: Int) {
    self.content = content
    self.line = line
    self.column = column
  }
}
