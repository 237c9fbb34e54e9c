import Datasets
public import Files
public import Foundation
import Kernels
public import Networks

/// All that a training goes on from, between two steps: parameters, velocities of momentum, and where it is.
public struct TrainingCheckpoint: Sendable, Hashable {
  public var state: StateDictionary
  /// The velocities, under the keys of the parameters; nil without momentum.
  public var velocity: StateDictionary?
  var position: TrainingPosition

  /// Steps done in the whole training.
  public var step: Int { position.step }

  /// Unique within a training: `3-120`, the epochs done and the steps in the next.
  public var name: String { "\(position.epoch)-\(position.stepInEpoch)" }

  private static let positionKey = "vgglab.position"
  private static let velocityPrefix = "velocity."

  /// Writes it as a safetensors file, whose parameters PyTorch can load as they are; gives size and SHA-256.
  public func write(to path: String) throws(FileError) -> (bytes: Int, digest: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // A position is always encodable: the loss of a training that goes on is finite.
    let text = String(decoding: try! encoder.encode(position), as: UTF8.self)
    var tensors = state.tensors
    for tensor in velocity?.tensors ?? [] {
      tensors.append(.init(key: Self.velocityPrefix + tensor.key, shape: tensor.shape, values: tensor.values))
    }
    return try StateDictionary(tensors: tensors).writeSafetensors(to: path, metadata: [Self.positionKey: text])
  }

  /// What a file of ``write(to:)`` holds. Throws ``SafetensorsError``.
  public init(safetensors data: Data) throws(SafetensorsError) {
    let all = try StateDictionary(safetensors: data)
    guard let text = StateDictionary.safetensorsMetadata(data)[Self.positionKey],
      let position = try? JSONDecoder().decode(TrainingPosition.self, from: Data(text.utf8)), position.isPossible
    else { throw .noPosition }
    self.position = position
    state = StateDictionary(tensors: all.tensors.filter { !$0.key.hasPrefix(Self.velocityPrefix) })
    let velocities = all.tensors.filter { $0.key.hasPrefix(Self.velocityPrefix) }
    velocity =
      velocities.isEmpty
      ? nil
      : StateDictionary(
        tensors: velocities.map {
          .init(key: String($0.key.dropFirst(Self.velocityPrefix.count)), shape: $0.shape, values: $0.values)
        })
  }

  init(state: StateDictionary, velocity: StateDictionary?, position: TrainingPosition) {
    self.state = state
    self.velocity = velocity
    self.position = position
  }

  /// Why a training of a network cannot go on from it; nil if it can.
  public func mismatch(with network: Network, momentum: Bool) -> String? {
    if let complaint = state.mismatch(with: network) { return complaint }
    if momentum != (velocity != nil) {
      return momentum ? "it has no velocities" : "it has velocities, and there is no momentum"
    }
    return velocity?.mismatch(with: network)
  }
}
