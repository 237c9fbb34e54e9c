/// Holm's adjustment of p values that are judged together, in their order.
public func holmAdjusted(_ values: [Double]) -> [Double] {
  var adjusted = values
  var largest = 0.0
  for (rank, index) in values.indices.sorted(by: { (values[$0], $0) < (values[$1], $1) }).enumerated() {
    largest = max(largest, min(1, Double(values.count - rank) * values[index]))
    adjusted[index] = largest
  }
  return adjusted
}

/// The middle of the values in their order, or the mean of the two middle ones; nil without values.
public func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let values = values.sorted()
  let middle = values.count / 2
  if values.count % 2 == 1 || values[middle - 1] == values[middle] { return values[middle] }
  return values[middle - 1] + (values[middle] - values[middle - 1]) / 2
}
