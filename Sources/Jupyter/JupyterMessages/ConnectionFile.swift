package import Foundation
internal import JSON

/// Where a kernel listens, and the secret that its messages are signed with: what stands in the file that a
/// client hands over.
package struct ConnectionFile: Equatable, Sendable {
  /// The five sockets of a kernel.
  package enum Channel: String, CaseIterable, Sendable {
    case shell, control, iopub, stdin
    case heartbeat = "hb"
  }

  /// `tcp` or `ipc`.
  package let transport: String
  /// The address of the machine, or for `ipc` the start of the sockets' paths.
  package let address: String
  /// The secret; empty where messages are not signed.
  package let key: Data
  /// The port of each channel.
  package let ports: [Channel: Int]

  /// What keeps a file from being one.
  package struct Problem: Error, Equatable, CustomStringConvertible {
    /// One line.
    package let description: String
  }

  /// Reads a file.
  ///
  /// - Throws: ``Problem`` where it is no JSON, or lacks something.
  package init(_ content: Data) throws(Problem) {
    let value: JSONValue
    do { value = try JSONReader.value([UInt8](content)) } catch {
      throw Problem(description: "not a connection file: \(error)")
    }
    guard value.asObject != nil else {
      throw Problem(description: "not a connection file: expected an object")
    }
    transport = value["transport"]?.asString ?? "tcp"
    guard ["tcp", "ipc"].contains(transport) else {
      throw Problem(description: "the transport is 'tcp' or 'ipc', not '\(transport)'")
    }
    address = value["ip"]?.asString ?? "127.0.0.1"
    key = Data((value["key"]?.asString ?? "").utf8)
    let scheme = value["signature_scheme"]?.asString ?? "hmac-sha256"
    guard scheme == "hmac-sha256" || key.isEmpty else {
      throw Problem(description: "messages are signed by hmac-sha256; '\(scheme)' is not known")
    }
    var ports: [Channel: Int] = [:]
    for channel in Channel.allCases {
      let name = "\(channel.rawValue)_port"
      guard let port = value[name]?.asInt, (1...65535).contains(port) else {
        throw Problem(description: "'\(name)' is a number from 1 to 65535")
      }
      ports[channel] = port
    }
    self.ports = ports
  }

  /// The endpoint of a channel as ZeroMQ writes it.
  package func endpoint(_ channel: Channel) -> String {
    let port = ports[channel] ?? 0
    return transport == "ipc" ? "ipc://\(address)-\(port)" : "tcp://\(address):\(port)"
  }
}
