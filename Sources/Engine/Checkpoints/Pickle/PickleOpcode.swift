/// The instructions of pickle protocols 2 to 5, by their byte.
///
/// The text instructions of protocol 0 and the extension registry are left out: no torch writes them.
/// Source: CPython's `pickletools.py`.
enum PickleOpcode: UInt8 {
  case mark = 0x28  // (
  case emptyTuple = 0x29  // )
  case stop = 0x2E  // .
  case pop = 0x30  // 0
  case popMark = 0x31  // 1
  case duplicate = 0x32  // 2
  case bytes = 0x42  // B
  case shortBytes = 0x43  // C
  case float = 0x47  // G
  case int = 0x4A  // J
  case int1 = 0x4B  // K
  case int2 = 0x4D  // M
  case none = 0x4E  // N
  case persistentID = 0x51  // Q
  case reduce = 0x52  // R
  case string = 0x54  // T
  case shortString = 0x55  // U
  case text = 0x58  // X
  case emptyList = 0x5D  // ]
  case append = 0x61  // a
  case build = 0x62  // b
  case global = 0x63  // c
  case dictionary = 0x64  // d
  case appends = 0x65  // e
  case get1 = 0x68  // h
  case get4 = 0x6A  // j
  case list = 0x6C  // l
  case object = 0x6F  // o
  case put1 = 0x71  // q
  case put4 = 0x72  // r
  case setItem = 0x73  // s
  case tuple = 0x74  // t
  case setItems = 0x75  // u
  case emptyDictionary = 0x7D  // }

  // Protocol 2
  case `protocol` = 0x80
  case newObject = 0x81
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case newTrue = 0x88
  case newFalse = 0x89
  case long1 = 0x8A
  case long4 = 0x8B

  // Protocol 4
  case shortText = 0x8C
  case text8 = 0x8D
  case bytes8 = 0x8E
  case emptySet = 0x8F
  case addItems = 0x90
  case frozenSet = 0x91
  case newObjectWithKeywords = 0x92
  case stackGlobal = 0x93
  case memoize = 0x94
  case frame = 0x95

  // Protocol 5
  case byteArray8 = 0x96
}
