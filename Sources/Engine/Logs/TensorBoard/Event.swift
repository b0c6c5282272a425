package import Foundation

/// One event of an event file (TensorFlow, core/util/event.proto and core/framework/summary.proto).
package struct Event: Equatable {
  /// What happened.
  package enum Content: Equatable {
    /// The first event of every file.
    case version
    /// A program began to write: whatever earlier files hold at this step and after it is void.
    case start
    /// A number.
    case scalar(tag: String, value: Float)
    /// A text in Markdown.
    case text(tag: String, value: String)
    /// A picture, as the bytes of a PNG file.
    case picture(tag: String, png: Data, width: Int, height: Int)
  }

  /// Seconds since 1970.
  package let time: Double
  /// The epoch, from 1.
  package let step: Int
  /// What happened.
  package let content: Content

  private enum Field {
    static let time: UInt64 = 1, step: UInt64 = 2, version: UInt64 = 3, summary: UInt64 = 5
    static let session: UInt64 = 7
    /// Within a summary, and within its value.
    static let value: UInt64 = 1, tag: UInt64 = 1, scalar: UInt64 = 2, image: UInt64 = 4
    static let tensor: UInt64 = 8, metadata: UInt64 = 9
    /// Within an image.
    static let height: UInt64 = 1, width: UInt64 = 2, colors: UInt64 = 3, encoded: UInt64 = 4
  }

  /// The version of the format, which readers look for.
  private static let version = "brain.Event:2"

  /// The event as a message.
  package var message: Data {
    ProtobufWriter.message { event in
      event.double(Field.time, time)
      if step != 0 { event.integer(Field.step, step) }
      switch content {
      case .version: event.text(Field.version, Self.version)
      // SessionLog.status = START
      case .start: event.message(Field.session) { $0.integer(1, 1) }
      case .scalar(let tag, let value):
        summary(tag, in: &event) { $0.float(Field.scalar, value) }
      case .text(let tag, let value):
        summary(tag, in: &event) { Self.write(value, to: &$0) }
      case .picture(let tag, let png, let width, let height):
        summary(tag, in: &event) { value in
          value.message(Field.image) { image in
            image.integer(Field.height, height)
            image.integer(Field.width, width)
            image.integer(Field.colors, 3)
            image.data(Field.encoded, png)
          }
        }
      }
    }
  }

  private func summary(
    _ tag: String, in event: inout ProtobufWriter, _ body: (inout ProtobufWriter) -> Void
  ) {
    event.message(Field.summary) { summary in
      summary.message(Field.value) { value in
        value.text(Field.tag, tag)
        body(&value)
      }
    }
  }

  /// A text: a tensor of one string, and the plugin that shows it.
  private static func write(_ text: String, to value: inout ProtobufWriter) {
    value.message(Field.tensor) { tensor in
      tensor.integer(1, 7)  // DT_STRING
      tensor.message(2) { shape in shape.message(2) { $0.integer(1, 1) } }
      tensor.text(8, text)
    }
    value.message(Field.metadata) { metadata in metadata.message(1) { $0.text(1, "text") } }
  }

  package init(time: Double, step: Int = 0, _ content: Content) {
    (self.time, self.step, self.content) = (time, step, content)
  }

  /// An event that ``message`` wrote, but for texts; nil for what it does not write, and for what is
  /// damaged.
  package init?(_ message: Data) {
    guard let fields = ProtobufReader.fields(of: message) else { return nil }
    var time = 0.0, step = 0, content: Content?
    for (number, value) in fields {
      switch (number, value) {
      case (Field.time, .fixed64(let bits)): time = Double(bitPattern: bits)
      case (Field.step, .varint(let bits)): step = Int(Int64(bitPattern: bits))
      case (Field.version, .delimited(let text)) where text == Data(Self.version.utf8):
        content = .version
      case (Field.session, .delimited): content = .start
      case (Field.summary, .delimited(let summary)): content = Self.content(ofSummary: summary)
      default: break
      }
    }
    guard let content else { return nil }
    self.init(time: time, step: step, content)
  }

  private static func content(ofSummary summary: Data) -> Content? {
    guard let values = ProtobufReader.fields(of: summary), values.count == 1,
      case .delimited(let value) = values[0].value, let fields = ProtobufReader.fields(of: value)
    else { return nil }
    var tag = "", content: Content?
    for (number, value) in fields {
      switch (number, value) {
      case (Field.tag, .delimited(let text)): tag = String(decoding: text, as: UTF8.self)
      case (Field.scalar, .fixed32(let bits)):
        content = .scalar(tag: tag, value: Float(bitPattern: bits))
      case (Field.image, .delimited(let image)):
        content = picture(tag, ProtobufReader.fields(of: image) ?? [])
      default: break
      }
    }
    return content
  }

  private static func picture(
    _ tag: String, _ fields: [(number: UInt64, value: ProtobufReader.Value)]
  ) -> Content? {
    var width = 0, height = 0, png: Data?
    for (number, value) in fields {
      switch (number, value) {
      case (Field.width, .varint(let bits)): width = Int(truncatingIfNeeded: bits)
      case (Field.height, .varint(let bits)): height = Int(truncatingIfNeeded: bits)
      case (Field.encoded, .delimited(let bytes)): png = bytes
      default: break
      }
    }
    return png.map { .picture(tag: tag, png: $0, width: width, height: height) }
  }
}
