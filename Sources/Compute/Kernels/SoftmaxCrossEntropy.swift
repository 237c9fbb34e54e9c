import Glibc

/// One example's cross-entropy, the class of the largest logit, and the gradient with respect to the logits.
///
/// logits `[classes]`; gradient `[classes]`, overwritten with `(softmax − onehot) · weight`, `weight` being one over the
/// batch's size. Of equal logits the first is the prediction, as in `argmax`.
/// Source: https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
public func softmaxCrossEntropy(
  _ logits: UnsafePointer<Float>, classes: Int, label: Int, weight: Float, gradient: UnsafeMutablePointer<Float>?
) -> (loss: Double, prediction: Int) {
  var largest = logits[0]
  var place = 0
  for i in 1..<max(1, classes) where logits[i] > largest {
    largest = logits[i]
    place = i
  }
  var total: Double = 0
  for i in 0..<classes { total += exp(Double(logits[i]) - Double(largest)) }
  let loss = log(total) + Double(largest) - Double(logits[label])
  if let gradient {
    for i in 0..<classes {
      let probability = exp(Double(logits[i]) - Double(largest)) / total
      gradient[i] = Float((probability - (i == label ? 1 : 0))) * weight
    }
  }
  return (loss, place)
}

/// The probabilities of the classes: the softmax of logits `[classes]`, as the cross-entropy has it.
public func softmax(_ logits: UnsafePointer<Float>, classes: Int) -> [Double] {
  var largest = logits[0]
  for i in 1..<max(1, classes) where logits[i] > largest { largest = logits[i] }
  let powers = (0..<classes).map { exp(Double(logits[$0]) - Double(largest)) }
  let total = powers.reduce(0, +)
  return powers.map { $0 / total }
}
