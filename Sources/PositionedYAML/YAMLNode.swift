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
  }

  public var content: Content
  /// From 1.
  public var line: Int
  /// From 1, in characters.
  public var column: Int
}
