import Datasets
import Networks
import Training

/// 32 bits for an index; the script that makes the traces computes the same.
func hashed(_ index: Int, salt: Int) -> UInt32 {
  var x = UInt32(truncatingIfNeeded: index &+ salt &* 0x9E37_79B9)
  x ^= x >> 16
  x = x &* 0x7FEB_352D
  x ^= x >> 15
  x = x &* 0x846C_A68B
  x ^= x >> 16
  return x
}

/// Numbers in [−1, 1).
func noise(_ count: Int, salt: Int) -> [Float] {
  (0..<count).map { Float(Double(hashed($0, salt: salt) >> 8) * 0x1p-24 * 2 - 1) }
}

/// Images of noise: class i · 7 mod 10.
func noiseDataset(count: Int, side: Int, salt: Int = 999) -> Dataset {
  let pixels = noise(count * side * side, salt: salt).map { UInt8((Double($0) + 1) * 128) }
  let set = ImageSet(
    height: side, width: side, pixels: pixels, labels: (0..<count).map { UInt8($0 * 7 % 10) }, classes: 10)
  return Dataset(name: "noise", training: set, test: set.prefix(min(count, 16)), digests: [:])
}

/// Weights of noise within ±√(6 / fan_in), biases within ±√(1 / fan_in).
func noiseState(_ network: Network) -> StateDictionary {
  var fanIn = 1
  return StateDictionary(
    tensors: network.stateKeys.enumerated().map { salt, tensor in
      let isWeight = tensor.shape.count > 1
      if isWeight { fanIn = tensor.shape.dropFirst().reduce(1, *) }
      let bound = Float(((isWeight ? 6 : 1) / Double(fanIn)).squareRoot())
      return StateDictionary.Tensor(
        key: tensor.key, shape: tensor.shape,
        values: noise(tensor.shape.reduce(1, *), salt: salt).map { $0 * bound })
    })
}
