/// A YAML value that knows where it stands in its file.
public struct YAMLNode: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    /// A scalar's text; `plain` where it was written without quotes, so that it may mean a number, a truth or null.
    case scalar(String, plain: Bool)
    case sequence([YAMLNode])
    case mapping([Entry])
  }

  public struct Entry: Sendable, Hashable {
    public var key: String
    /// From 1.
    public var line: Int
    public var column: Int
    public var value: YAMLNode

    public init(key: String, line: Int, column: Int, value: YAMLNode) {
      self.key = key
      self.line = line
      self.column = column
      self.value = value
    }
  }

  public var content: Content
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars.
  public var column: Int

  public init(content: Content, line: Int, column: Int) {
    self.content = content
    self.line = line
    self.column = column
  }
}
