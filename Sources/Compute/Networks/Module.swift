/// One node of a network's module tree: a layer, or a sequence of modules. The names are PyTorch's.
public indirect enum Module: Hashable, Sendable {
  case sequential([Module])
  case conv2d(Conv2d)
  case relu
  case maxPool2d(MaxPool2d)
  case adaptiveAvgPool2d(AdaptiveAvgPool2d)
  case localResponseNorm(LocalResponseNorm)
  case flatten
  case linear(Linear)
  case dropout(Dropout)
}

/// A two-dimensional convolution (cross-correlation) with square kernel, bias and zero padding.
///
/// Input `[N, inChannels, H, W]`, output `[N, outChannels, ⌊(H + 2·padding − kernelSize) / stride⌋ + 1, …]`.
/// Source: https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
public struct Conv2d: Hashable, Sendable {
  public var inChannels: Int
  public var outChannels: Int
  public var kernelSize: Int
  public var stride: Int
  public var padding: Int
  /// Parts that channels are divided into; a group's outputs see the inputs of their group alone.
  public var groups: Int

  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1
  ) {
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
    self.groups = groups
  }
}

/// The mean over windows that are as many as the output has places, whatever the size of the input.
///
/// Output place i of n looks at the inputs from ⌊i·size / n⌋ to ⌈(i + 1)·size / n⌉.
/// Source: https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
public struct AdaptiveAvgPool2d: Hashable, Sendable {
  /// Of both sides.
  public var outputSize: Int

  public init(outputSize: Int) { self.outputSize = outputSize }
}

/// The maximum over square windows, without padding; windows that do not fit are dropped (`ceil_mode=False`).
///
/// Source: https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
public struct MaxPool2d: Hashable, Sendable {
  public var kernelSize: Int
  public var stride: Int

  public init(kernelSize: Int, stride: Int) {
    self.kernelSize = kernelSize
    self.stride = stride
  }
}

/// Each value divided by `(k + alpha / size · Σ x²)^beta`, the sum over `size` neighbouring channels.
///
/// The defaults are those of Krizhevsky et al. 2012, which the VGG paper's A-LRN takes over.
/// Source: https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
public struct LocalResponseNorm: Hashable, Sendable {
  public var size: Int
  public var alpha: Double
  public var beta: Double
  public var k: Double

  public init(size: Int = 5, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 2) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }
}

/// A fully connected layer with bias: `[N, inFeatures]` to `[N, outFeatures]`.
///
/// Source: https://pytorch.org/docs/stable/generated/torch.nn.Linear.html
public struct Linear: Hashable, Sendable {
  public var inFeatures: Int
  public var outFeatures: Int

  public init(_ inFeatures: Int, _ outFeatures: Int) {
    self.inFeatures = inFeatures
    self.outFeatures = outFeatures
  }
}

/// In training, each value is zeroed with `probability` and the others are scaled by `1 / (1 − probability)`.
///
/// Source: https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html
public struct Dropout: Hashable, Sendable {
  public var probability: Double

  public init(probability: Double) { self.probability = probability }
}

extension Module {
  /// The module's class name in PyTorch.
  public var typeName: String {
    switch self {
    case .sequential: "Sequential"
    case .conv2d: "Conv2d"
    case .relu: "ReLU"
    case .maxPool2d: "MaxPool2d"
    case .adaptiveAvgPool2d: "AdaptiveAvgPool2d"
    case .localResponseNorm: "LocalResponseNorm"
    case .flatten: "Flatten"
    case .linear: "Linear"
    case .dropout: "Dropout"
    }
  }

  /// The direct children: empty for a layer.
  public var children: [Module] {
    if case .sequential(let children) = self { children } else { [] }
  }
}
