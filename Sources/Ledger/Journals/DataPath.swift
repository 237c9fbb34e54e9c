/// A canonical configuration without `dataset.path`, all other bytes as they were.
public func withoutDataPath(_ configuration: String) -> String {
  let pattern = /^(\{"dataset":\{"name":"(?:[^"\\]|\\.)*"),"path":(?:null|"(?:[^"\\]|\\.)*")/
  guard let match = configuration.firstMatch(of: pattern) else { return configuration }
  return "\(match.1)\(configuration[match.range.upperBound...])"
}
