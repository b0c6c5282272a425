import Tensors
import Testing

@Suite struct TensorTests {
  @Test func `transposing twice gives the tensor back`() {
    let tensor = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
    let turned = tensor.transposed([2, 0, 1])
    #expect(turned.shape == [4, 2, 3])
    #expect(turned.scalars.prefix(3) == [0, 4, 8])
    #expect(turned.transposed([1, 2, 0]) == tensor)
  }

  @Test(arguments: [0, 1, 17, 524_287, 524_288, 524_289, 1_500_000])
  func `a buffer of any size is aligned and zero; a large one begins with a large page`(count: Int)
  {
    let buffer = FloatBuffer(count: count)
    // SAFETY: the address alone, then floats within the buffer.
    let address = unsafe Int(bitPattern: buffer.base)
    #expect(address % (count >= 524_288 ? FloatBuffer.largePage : 64) == 0)
    #expect((0..<count).allSatisfy { unsafe buffer.base[$0] == 0 })
  }

  @Test func `a slice of a feature map sees its own channels`() {
    let buffer = FloatBuffer(count: 2 * 3 * 4 * 5)
    let map = buffer.map(count: 2, height: 3, width: 4, channels: 5)
    let whole = Tensor((0..<120).map(Float.init), shape: [2, 5, 3, 4])
    map.fill(from: whole)
    #expect(map.tensor() == whole)
    let part = map.slice(1..<3).tensor()
    #expect(part.shape == [2, 2, 3, 4])
    #expect(part.scalars[0] == 12)
  }
}
