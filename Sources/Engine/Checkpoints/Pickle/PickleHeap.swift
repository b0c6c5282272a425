/// Everything a pickle has made, side by side in one array.
///
/// Objects refer to each other by number. So cycles are harmless, sharing costs nothing, and a
/// structure nested a million deep is freed without recursion.
struct PickleHeap {
  /// The number of an object.
  struct Reference: Equatable, Hashable {
    fileprivate let index: Int32
  }

  /// One object.
  enum Node {
    case none
    case boolean(Bool)
    case integer(Int)
    /// Whole numbers beyond 64 bits lose their last digits; none of a model's are so large.
    case number(Double)
    case text(String)
    case bytes([UInt8])
    case list([Reference])
    case tuple([Reference])
    /// Keys and values in turn.
    case dictionary([Reference])
    /// The name of a class or function, and nothing but the name: "collections.OrderedDict".
    case global(String)
    /// An object whose class is not known here; an index into `objects`.
    case object(Int)
    /// A torch storage; an index into `storages`.
    case storage(Int)
    /// A torch tensor; an index into `tensors`.
    case tensor(Int)
  }

  /// What a pickle says of an object whose class is not known: data, never acted upon.
  struct Object {
    /// What would have been called to make it.
    let maker: Reference
    /// What it would have been called with.
    let arguments: [Reference]
    /// What its attributes would have been set from.
    var state: Reference?
    /// Elements appended, where its class extends a list or set.
    var elements: [Reference] = []
    /// Keys and values in turn, where its class extends a dictionary.
    var items: [Reference] = []
  }

  /// A run of numbers of one type that lies outside the pickle.
  struct Storage: Equatable {
    /// Its name in the file.
    let key: String
    let type: ElementType
    /// Elements of the whole storage.
    let count: Int
    /// Where a view of it begins, in elements; only legacy files have such.
    var first = 0
  }

  /// A tensor: a strided view of a storage.
  struct Tensor {
    let storage: Storage
    /// Elements before the first.
    let offset: Int
    let extents: [Int]
    /// Elements from one position of an axis to the next.
    let strides: [Int]
  }

  private var nodes: [Node] = []
  private(set) var objects: [Object] = []
  private(set) var storages: [Storage] = []
  private(set) var tensors: [Tensor] = []

  /// Objects made so far.
  var count: Int { nodes.count }

  /// What a number stands for.
  subscript(reference: Reference) -> Node { nodes[Int(reference.index)] }

  /// Adds an object.
  mutating func add(_ node: Node) -> Reference {
    nodes.append(node)
    return Reference(index: Int32(nodes.count - 1))
  }

  /// Adds an object of an unknown class.
  mutating func add(_ object: Object) -> Reference {
    objects.append(object)
    return add(.object(objects.count - 1))
  }

  /// Adds a storage.
  mutating func add(_ storage: Storage) -> Reference {
    storages.append(storage)
    return add(.storage(storages.count - 1))
  }

  /// Adds a tensor.
  mutating func add(_ tensor: Tensor) -> Reference {
    tensors.append(tensor)
    return add(.tensor(tensors.count - 1))
  }

  /// Appends elements to a list, a set or an unknown object; false where the target is none of these.
  mutating func append(_ elements: [Reference], to target: Reference) -> Bool {
    let index = Int(target.index)
    switch nodes[index] {
    case .list(var list):
      // Taken out while it grows, or every append would copy it.
      nodes[index] = .none
      list.append(contentsOf: elements)
      nodes[index] = .list(list)
    case .object(let object): objects[object].elements.append(contentsOf: elements)
    default: return false
    }
    return true
  }

  /// Adds keys and values in turn to a dictionary or an unknown object; false where the target is
  /// neither.
  mutating func insert(_ items: [Reference], into target: Reference) -> Bool {
    let index = Int(target.index)
    switch nodes[index] {
    case .dictionary(var dictionary):
      nodes[index] = .none
      dictionary.append(contentsOf: items)
      nodes[index] = .dictionary(dictionary)
    case .object(let object): objects[object].items.append(contentsOf: items)
    default: return false
    }
    return true
  }

  /// Keeps what an unknown object's attributes would be set from; known ones take none.
  mutating func setState(_ state: Reference, of target: Reference) {
    guard case .object(let object) = self[target] else { return }
    objects[object].state = state
  }
}

extension PickleHeap {
  /// The text, or nil where there is none.
  func text(_ reference: Reference) -> String? {
    if case .text(let text) = self[reference] { text } else { nil }
  }

  /// The whole number, or nil where there is none.
  func integer(_ reference: Reference) -> Int? {
    if case .integer(let integer) = self[reference] { integer } else { nil }
  }

  /// The elements of a list or tuple, or nil where there is neither.
  func elements(_ reference: Reference) -> [Reference]? {
    switch self[reference] {
    case .list(let elements), .tuple(let elements): elements
    default: nil
    }
  }

  /// The name of a class or function, or nil where there is none.
  func global(_ reference: Reference) -> String? {
    if case .global(let name) = self[reference] { name } else { nil }
  }

  /// The pairs of a dictionary in order, or nil where there is none.
  func pairs(_ reference: Reference) -> [(key: Reference, value: Reference)]? {
    switch self[reference] {
    case .dictionary(let items): pairs(of: items)
    case .object(let object) where !objects[object].items.isEmpty: pairs(of: objects[object].items)
    default: nil
    }
  }

  /// The value of a text key in a dictionary, the last one set; nil where there is none.
  func value(_ key: String, in reference: Reference) -> Reference? {
    pairs(reference)?.last { text($0.key) == key }?.value
  }

  /// An unknown object's attribute, or nil where it has none of that name.
  func attribute(_ name: String, of reference: Reference) -> Reference? {
    attributes(reference).flatMap { value(name, in: $0) }
  }

  /// The dictionary of an unknown object's attributes, or nil where there is none.
  func attributes(_ reference: Reference) -> Reference? {
    guard case .object(let object) = self[reference], let state = objects[object].state else {
      return nil
    }
    // Objects with slots have a pair: the dictionary and the slots.
    if let pair = elements(state), pair.count == 2 { return pair[0] }
    return state
  }

  /// What an unknown object is an object of.
  func className(_ object: Object) -> String { global(object.maker) ?? "object" }

  private func pairs(of items: [Reference]) -> [(key: Reference, value: Reference)] {
    stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
  }
}
