package import Foundation

/// TensorBoard's event file of one run: scalars, the configuration as text, and the values of the HPARAMS page.
///
/// The numbers of the fields are those of tensorboard/compat/proto: event.proto, summary.proto, tensor.proto and
/// plugins/hparams/plugin_data.proto.
package struct EventFile: Sendable {
  /// One measured value.
  package struct Scalar: Sendable, Hashable {
    package var tag: String
    package var step: Int
    /// Seconds since 1970.
    package var wallTime: Double
    package var value: Double

    package init(tag: String, step: Int, wallTime: Double, value: Double) {
      (self.tag, self.step, self.wallTime, self.value) = (tag, step, wallTime, value)
    }
  }

  /// A value of the configuration.
  package enum Setting: Sendable, Hashable {
    case number(Double)
    case text(String)
    case truth(Bool)
  }

  /// Seconds since 1970.
  package var startedAt: Double
  package var scalars: [Scalar]
  package var settings: [(name: String, value: Setting)]
  /// Markdown.
  package var description: String
  /// Runs with the same group are one line of the HPARAMS page.
  package var group: String

  package init(
    startedAt: Double, scalars: [Scalar], settings: [(name: String, value: Setting)], description: String, group: String
  ) {
    (self.startedAt, self.scalars, self.settings) = (startedAt, scalars, settings)
    (self.description, self.group) = (description, group)
  }

  /// The file's bytes.
  package var data: Data {
    var data = framed(startedAt, step: 0) { $0.text(3, "brain.Event:2") }
    data += summary(startedAt, step: 0, describe)
    data += summary(startedAt, step: 0, describeSettings)
    for scalar in scalars {
      data += summary(scalar.wallTime, step: scalar.step) { value in
        value.text(1, scalar.tag)
        value.float(2, Float(scalar.value))
      }
    }
    return data
  }

  private func framed(_ time: Double, step: Int, _ body: (inout MessageWriter) -> Void) -> Data {
    var event = MessageWriter()
    event.double(1, time)
    event.integer(2, step)
    body(&event)
    return framedRecord(event.data)
  }

  private func summary(_ time: Double, step: Int, _ value: (inout MessageWriter) -> Void) -> Data {
    framed(time, step: step) { event in event.message(5) { $0.message(1, value) } }
  }

  private static let floatType = 1
  private static let stringType = 7

  private func describe(_ value: inout MessageWriter) {
    value.text(1, "run/text_summary")
    value.message(8) { tensor in
      tensor.integer(1, Self.stringType)
      tensor.message(2) { shape in shape.message(2) { $0.integer(1, 1) } }
      tensor.text(8, description)
    }
    value.message(9) { metadata in metadata.message(1) { $0.text(1, "text") } }
  }

  private func describeSettings(_ value: inout MessageWriter) {
    var session = MessageWriter()
    for (name, setting) in settings {
      session.message(1) { entry in
        entry.text(1, name)
        entry.message(2) { inner in
          switch setting {
          case .number(let number): inner.double(2, number)
          case .text(let text): inner.text(3, text)
          case .truth(let truth): inner.integer(4, truth ? 1 : 0)
          }
        }
      }
    }
    session.text(4, group)
    session.double(5, startedAt)
    var content = MessageWriter()
    let bytes = session.data
    // PluginData: version 0 is the default, 3 is the start of a session.
    content.bytes(3, Array(bytes))
    value.text(1, "_hparams_/session_start_info")
    value.message(8) { tensor in
      tensor.integer(1, Self.floatType)
      tensor.message(2) { _ in }
      tensor.float(5, 0)
    }
    value.message(9) { metadata in
      metadata.message(1) { plugin in
        plugin.text(1, "hparams")
        plugin.bytes(2, Array(content.data))
      }
    }
  }
}
