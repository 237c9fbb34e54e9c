extension Network {
  /// The keys of `state_dict()` as torchvision's classes of the same layers name them, in the order of ``stateKeys``:
  /// `features.0.weight`, …, `classifier.6.bias`.
  ///
  /// Source: https://github.com/pytorch/vision (`models/alexnet.py`, `models/vgg.py`)
  public var torchvisionKeys: [String] {
    var keys: [String] = []
    var (part, index) = ("features", 0)
    for leaf in leaves {
      switch leaf.module {
      case .flatten: (part, index) = ("classifier", 0)
      // A part of its own, without weights.
      case .adaptiveAvgPool2d: break
      default:
        keys += leaf.parameterShapes.map { "\(part).\(index).\($0.name)" }
        index += 1
      }
    }
    return keys
  }
}
