"""Makes the images of formats/more and, beside each, what Pillow decodes it to.

    python3 Tests/Cases/formats.py        needs pillow, pillow-heif, tifffile, imagecodecs, numpy

Noise of 24 x 16 pixels in the ways that each format has of storing it. `NAME.png` is `NAME` as
`ImageOps.exif_transpose(Image.open(NAME)).convert("RGB")` gives it, but for 16-bit samples, of which
it keeps the upper eight bits.
"""

import io
import pathlib
import struct

import numpy as np
import pillow_heif
import tifffile
from PIL import Image, ImageOps

pillow_heif.register_heif_opener()
here = pathlib.Path(__file__).parent / "formats" / "more"
here.mkdir(exist_ok=True)
random = np.random.default_rng(7)
rgb = random.integers(0, 256, (16, 24, 3), dtype=np.uint8)
smooth = np.stack([np.add.outer(np.arange(16) * 9, np.arange(24) * 5)] * 3, 2).astype(np.uint8)
gray, alpha = rgb[:, :, 0], rgb[:, :, 1]
rgba = np.dstack([rgb, alpha])
deep = random.integers(0, 65536, (16, 24, 3), dtype=np.uint16)


def keep(name, content, expected=None):
    """Writes a file and what it decodes to."""
    (here / name).write_bytes(content)
    if expected is None:
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
        expected = np.asarray(image.convert("RGB"))
    Image.fromarray(np.ascontiguousarray(expected)).save(here / (name + ".png"), optimize=True)


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def tiff(array, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, array, **options)
    return out.getvalue()


def triple(array):
    return np.stack([array] * 3, 2)


def tiffs():
    for compression in ["lzw", "zlib", "packbits"]:
        keep(f"{compression}.tif", tiff(rgb, compression=compression, photometric="rgb"))
    keep("predictor.tif", tiff(rgb, compression="lzw", predictor=True, photometric="rgb"))
    keep("deep.tif", tiff(deep, photometric="rgb", compression="zlib"), (deep >> 8).astype(np.uint8))
    keep("deep-gray.tif", tiff(deep[:, :, 0]), triple((deep[:, :, 0] >> 8).astype(np.uint8)))
    keep("big-endian.tif", tiff(deep, photometric="rgb", byteorder=">"), (deep >> 8).astype(np.uint8))
    keep("bigtiff.tif", tiff(rgb, photometric="rgb", bigtiff=True), rgb)
    keep("planes.tif", tiff(rgb.transpose(2, 0, 1), photometric="rgb", planarconfig="separate"), rgb)
    keep("tiles.tif", tiff(rgb, photometric="rgb", tile=(16, 16), compression="lzw"))
    keep("alpha.tif", tiff(rgba, photometric="rgb", extrasamples=["unassalpha"]), rgb)
    keep("white-is-zero.tif", tiff(gray, photometric="miniswhite"), triple(255 - gray))
    keep("bits.tif", saved(Image.fromarray(gray > 99), "TIFF", compression="group4"))
    keep("palette.tif", saved(Image.fromarray(rgb).quantize(9), "TIFF"))
    keep("turned.tif", saved(Image.fromarray(rgb), "TIFF", tiffinfo={274: 6}))
    keep("two-pages.tif", tiff(np.stack([rgb, rgb[::-1]]), photometric="rgb"), rgb)
    keep("jpeg-inside.tif", saved(Image.fromarray(smooth), "TIFF", compression="jpeg", quality=95))


def bmp(width, rows, bits, code, body, palette=b"", masks=b"", begin=None):
    head = struct.pack("<IiiHHIIiiII", 40, width, rows, 1, bits, code, len(body), 0, 0, len(palette) // 4, 0)
    start = 14 + 40 + len(masks) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + head + masks + palette + body


def bmps():
    image = Image.fromarray(rgb)
    keep("plain.bmp", saved(image, "BMP"))
    keep("alpha.bmp", saved(Image.fromarray(rgba), "BMP"), rgb)
    keep("gray.bmp", saved(Image.fromarray(gray), "BMP"))
    keep("bits.bmp", saved(Image.fromarray(gray > 99), "BMP"))
    words = (random.integers(0, 1 << 16, (16, 24))).astype("<u2")
    keep("555.bmp", bmp(24, 16, 16, 0, words.tobytes()))
    masks = struct.pack("<III", 0xF800, 0x7E0, 0x1F)
    keep("565.bmp", bmp(24, 16, 16, 3, words.tobytes(), masks=masks))
    bgr = np.ascontiguousarray(rgb[:, :, ::-1])
    keep("top-down.bmp", bmp(24, -16, 24, 0, bgr.tobytes()))
    odd = bgr[:, :23]
    keep("odd-width.bmp", bmp(23, 16, 24, 0, b"".join(r.tobytes() + b"\0\0\0" for r in odd)))
    palette = b"".join(bytes([*c, 0]) for c in bgr[0, :16])
    nibbles = random.integers(0, 256, (16, 12), dtype=np.uint8)
    keep("four-bits.bmp", bmp(24, 16, 4, 0, nibbles.tobytes(), palette))
    runs = b"".join(
        bytes([5, y, 0, 7, 1, 2, 3, 4, 5, 6, 7, 0, 12, 15 - y, 0, 0]) for y in range(16)) + b"\0\1"
    keep("runs8.bmp", bmp(24, 16, 8, 1, runs, palette))
    short = b"".join(bytes([13, 0x1B, 0, 5, 0x12, 0x34, 0x50, 0, 6, 0xEE, 0, 0]) for _ in range(16))
    keep("runs4.bmp", bmp(24, 16, 4, 2, short + b"\0\1", palette))
    small = struct.pack("<IHHHH", 12, 24, 16, 1, 24)
    keep("os2.bmp", b"BM" + struct.pack("<IHHI", 26 + bgr.size, 0, 0, 26) + small + bgr.tobytes())


def gifs():
    image = Image.fromarray(rgb).quantize(64)
    keep("interlaced.gif", saved(image, "GIF", interlace=1))
    keep("transparent.gif", saved(image, "GIF", transparency=3))
    others = [Image.fromarray(rgb[::-1]).quantize(64)]
    keep("animation.gif", saved(image, "GIF", save_all=True, append_images=others))
    whole = bytearray(saved(image, "GIF"))
    whole[6:10] = struct.pack("<HH", 30, 20)
    at = whole.index(b"\x2c", 13 + 3 * 64)
    whole[at + 1:at + 5] = struct.pack("<HH", 4, 3)
    keep("part.gif", bytes(whole))
    keep("gray.gif", saved(Image.fromarray(gray), "GIF"))


def webps():
    keep("alpha.webp", saved(Image.fromarray(rgba), "WEBP", lossless=True, exact=True), rgb)
    keep("lossy-alpha.webp", saved(Image.fromarray(np.dstack([smooth, alpha])), "WEBP", quality=90))
    frames = [Image.fromarray(rgb), Image.fromarray(rgb[::-1])]
    keep("animation.webp", saved(frames[0], "WEBP", lossless=True, save_all=True,
                                 append_images=frames[1:]))
    exif = Image.Exif()
    exif[274] = 8
    keep("turned.webp", saved(frames[0], "WEBP", lossless=True, exif=exif))


def jpegs():
    first, second = Image.fromarray(smooth), Image.fromarray(smooth[::-1])
    keep("stereo.mpo", saved(first, "MPO", save_all=True, append_images=[second], quality=95))
    inks = Image.fromarray(np.dstack([smooth, smooth[:, :, 0] // 3]), "CMYK")
    keep("inks.jpg", saved(inks, "JPEG", quality=95))
    # The last byte of Adobe's segment says which transform the colors went through: 2 is YCCK.
    turned = bytearray(saved(inks, "JPEG", quality=95))
    turned[turned.index(b"Adobe") + 11] = 2
    keep("ycck.jpg", bytes(turned))


def heifs():
    image = Image.fromarray(smooth)
    keep("still.heic", saved(image, "HEIF", quality=95))
    exif = Image.Exif()
    exif[274] = 6
    keep("turned.heic", saved(image, "HEIF", quality=95, exif=exif))
    keep("still.avif", saved(image, "AVIF", quality=95))


for make in [tiffs, bmps, gifs, webps, jpegs, heifs]:
    make()
