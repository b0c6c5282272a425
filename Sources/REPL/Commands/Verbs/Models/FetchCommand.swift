internal import Language
internal import Weights

extension Command {
  /// As in `fetch "yolov8n.pt"`.
  static let fetch = Command(
    name: "fetch",
    summary: "Downloads published weights if they are missing; load finds them by name.",
    signature: Signature([
      .init(
        "name", .string, "yolov8n.pt, yolov8s.pt, yolov8m.pt, yolov8l.pt or yolov8x.pt",
        isRequired: true, completions: WeightFetch.names)
    ]),
    examples: [
      Example("fetch \"yolov8n.pt\""),
      Example("fetch \"yolov9c.pt\"", fails: "no published weights are named 'yolov9c.pt'"),
    ],
    check: { call, lint in
      guard let configuration = lint.workplace else { return [] }
      return call.constants("name").compactMap { constant in
        guard case .string(let name) = constant else { return nil }
        do throws(WeightsError) {
          let file = try configuration.weights.catalog.file(named: name)
          let path = try configuration.weights.path(of: file)
          guard configuration.mayDownload || Paths.exists(path) else {
            return call.diagnostic(
              absent(file), at: "name", hint: configuration.wayToFetch(file))
          }
          lint.declare(path)
          return nil
        } catch {
          return call.diagnostic(error.description, at: "name", hint: error.hint)
        }
      }
    }
  ) { call, context throws(Diagnostic) in
    let host = host(context), configuration = host.workplace.configuration
    let fetch = WeightFetch(into: configuration.weights, presenter: host.display.presenter)
    do throws(WeightsError) {
      let file = try configuration.weights.catalog.file(named: call.string("name") ?? "")
      if configuration.mayDownload {
        try fetch.fetch(file, cancellation: host.workplace.cancellation)
      } else if try !fetch.find(file) {
        throw WeightsError(file.name, .absent)
      }
      host.provenance.cite(Citation(file: file, digest: file.digest))
    } catch {
      var failure = Diagnostic(error)
      if failure.kind == .lint { failure.kind = .step }
      throw failure.located(at: call.span(of: "name"), in: call.source)
    }
    return .none
  }

  private static func absent(_ file: PublishedWeights) -> String {
    WeightsError(file.name, .absent).description
  }
}
