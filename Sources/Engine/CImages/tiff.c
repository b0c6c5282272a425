#include <stdio.h>
#include <stdlib.h>
#include <tiffio.h>

#include "CImages.h"
#include "reason.h"

typedef struct {
  const uint8_t *data;
  toff_t size, at;
  char *message;
  size_t capacity;
} source;

// What libtiff asks of a file: reading and seeking in memory, and nothing else.
static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t count) {
  source *s = handle;
  if (s->at >= s->size || count <= 0) return 0;
  toff_t left = s->size - s->at;
  tmsize_t n = (toff_t)count < left ? count : (tmsize_t)left;
  memcpy(target, s->data + s->at, (size_t)n);
  s->at += (toff_t)n;
  return n;
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t count) {
  (void)handle, (void)bytes, (void)count;
  return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  source *s = handle;
  s->at = whence == SEEK_SET ? offset : whence == SEEK_CUR ? s->at + offset : s->size + offset;
  return s->at;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size_of(thandle_t handle) { return ((source *)handle)->size; }

static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
  (void)tiff, (void)module;
  source *s = user;
  char words[200];
  vsnprintf(words, sizeof words, format, arguments);
  int is_cut = strstr(words, "Read error") || strstr(words, "ot enough data") || strstr(words, "out of range of file");
  give_up(s->message, s->capacity, is_cut ? YOLOS_ENDS_EARLY : words);
  return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
  (void)tiff, (void)user, (void)module, (void)format, (void)arguments;
  return 1;
}

// How the first directory stores its samples.
typedef struct {
  uint32_t width, height;
  uint16_t bits, samples, photometric, planes, format;
} layout;

// One sample as 8 bits: of 16 bits the upper eight, as of a PNG.
static uint8_t level(const uint8_t *samples, size_t index, const layout *l) {
  uint8_t value = l->bits == 16 ? (uint8_t)(((const uint16_t *)(const void *)samples)[index] >> 8) : samples[index];
  return l->photometric == PHOTOMETRIC_MINISWHITE ? (uint8_t)(255 - value) : value;
}

// Puts `count` stored pixels at (x, y); with planes apart they carry the color `plane` alone.
static void put(const uint8_t *samples, const layout *l, uint32_t x, uint32_t y, uint32_t count,
                uint16_t plane, uint8_t *rgb) {
  int is_gray = l->photometric != PHOTOMETRIC_RGB, is_apart = l->planes == PLANARCONFIG_SEPARATE;
  size_t step = is_apart ? 1 : l->samples;
  uint8_t *out = rgb + 3 * ((size_t)y * l->width + x);
  for (uint32_t i = 0; i < count; i++, out += 3)
    if (is_gray)
      out[0] = out[1] = out[2] = level(samples, i * step, l);
    else if (is_apart)
      out[plane] = level(samples, i, l);
    else
      for (int c = 0; c < 3; c++) out[c] = level(samples, i * step + (size_t)c, l);
}

static int read_strips(TIFF *tiff, const layout *l, uint16_t planes, uint8_t *buffer, uint8_t *rgb) {
  for (uint16_t plane = 0; plane < planes; plane++)
    for (uint32_t y = 0; y < l->height; y++) {
      if (TIFFReadScanline(tiff, buffer, y, plane) < 0) return 1;
      put(buffer, l, 0, y, l->width, plane, rgb);
    }
  return 0;
}

static int read_tiles(TIFF *tiff, const layout *l, uint16_t planes, uint8_t *buffer, uint8_t *rgb) {
  uint32_t wide = 0, high = 0;
  TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &wide);
  TIFFGetField(tiff, TIFFTAG_TILELENGTH, &high);
  if (wide == 0 || high == 0) return 1;
  size_t row = (size_t)TIFFTileRowSize(tiff);
  for (uint16_t plane = 0; plane < planes; plane++)
    for (uint32_t top = 0; top < l->height; top += high)
      for (uint32_t left = 0; left < l->width; left += wide) {
        if (TIFFReadTile(tiff, buffer, left, top, 0, plane) < 0) return 1;
        uint32_t columns = l->width - left < wide ? l->width - left : wide;
        for (uint32_t y = 0; y < high && top + y < l->height; y++)
          put(buffer + y * row, l, left, top + y, columns, plane, rgb);
      }
  return 0;
}

// Gray and RGB of 8 or 16 bits, taken as they are stored: the library's own way to RGB would multiply
// colors by alpha and round the lower bits.
static int read_samples(TIFF *tiff, const layout *l, uint8_t *rgb, source *s) {
  int is_tiled = TIFFIsTiled(tiff);
  tmsize_t room = is_tiled ? TIFFTileSize(tiff) : TIFFScanlineSize(tiff);
  size_t row = is_tiled ? (size_t)TIFFTileRowSize(tiff) : (size_t)room, across = l->width;
  if (is_tiled) {
    uint32_t wide = 0;
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &wide);
    across = wide;
  }
  size_t stored = l->planes == PLANARCONFIG_SEPARATE ? 1 : l->samples;
  if (room <= 0 || row < across * stored * (l->bits / 8u))
    return give_up(s->message, s->capacity, "its rows are shorter than its width");
  uint8_t *buffer = calloc(1, (size_t)room);
  if (!buffer) return give_up(s->message, s->capacity, "no memory is left");
  uint16_t planes = l->planes == PLANARCONFIG_SEPARATE && l->photometric == PHOTOMETRIC_RGB ? 3 : 1;
  int status = is_tiled ? read_tiles(tiff, l, planes, buffer, rgb) : read_strips(tiff, l, planes, buffer, rgb);
  free(buffer);
  return status;
}

// Whatever else the library makes RGB of: palettes, few bits a sample, inks, luminance and chroma.
static int read_converted(TIFF *tiff, const layout *l, uint8_t *rgb, source *s) {
  char words[1024] = "";
  if (!TIFFRGBAImageOK(tiff, words)) return give_up(s->message, s->capacity, words);
  size_t count = (size_t)l->width * l->height;
  uint32_t *raster = malloc(count * sizeof *raster);
  if (!raster) return give_up(s->message, s->capacity, "no memory is left");
  // Asked for in the file's own orientation, rows come as they are stored.
  uint16_t orientation = ORIENTATION_TOPLEFT;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  int ok = TIFFReadRGBAImageOriented(tiff, l->width, l->height, raster, orientation, 1);
  for (size_t i = 0; ok && i < count; i++) {
    rgb[3 * i] = (uint8_t)TIFFGetR(raster[i]);
    rgb[3 * i + 1] = (uint8_t)TIFFGetG(raster[i]);
    rgb[3 * i + 2] = (uint8_t)TIFFGetB(raster[i]);
  }
  free(raster);
  return !ok;
}

static int decode(TIFF *tiff, uint32_t width, uint32_t height, uint8_t *rgb, source *s) {
  layout l = {0};
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &l.width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &l.height);
  if (l.width != width || l.height != height)
    return give_up(s->message, s->capacity, "the header contradicts itself");
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &l.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &l.samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &l.planes);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &l.format);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &l.photometric))
    l.photometric = l.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  uint16_t compression = COMPRESSION_NONE;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  if (l.format != SAMPLEFORMAT_UINT && l.format != SAMPLEFORMAT_VOID)
    return give_up(s->message, s->capacity,
                   "its samples are no unsigned whole numbers; save it with 8 bits a channel");
  if (compression == COMPRESSION_JPEG && l.photometric == PHOTOMETRIC_YCBCR && l.samples == 3) {
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    l.photometric = PHOTOMETRIC_RGB;
  }
  int is_color = l.photometric == PHOTOMETRIC_RGB && l.samples >= 3;
  int is_gray = (l.photometric == PHOTOMETRIC_MINISBLACK || l.photometric == PHOTOMETRIC_MINISWHITE) &&
                l.samples >= 1;
  if ((l.bits == 8 || l.bits == 16) && (is_color || is_gray)) return read_samples(tiff, &l, rgb, s);
  return read_converted(tiff, &l, rgb, s);
}

int yolos_tiff_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, uint8_t *rgb,
                      char *message, size_t capacity) {
  message[0] = 0;
  source s = {.data = data, .size = size, .message = message, .capacity = capacity};
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return give_up(message, capacity, "no memory is left");
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, &s);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, &s);
  // A strip of 16-bit RGB with alpha holds eight bytes a pixel; nothing larger is ever needed.
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)width * height * 8 + (64 << 20));
  TIFF *tiff = TIFFClientOpenExt("", "rm", &s, read_bytes, write_nothing, seek, close_nothing, size_of,
                                 NULL, NULL, options);
  TIFFOpenOptionsFree(options);
  if (!tiff) return give_up(message, capacity, "its TIFF data contradict themselves");
  int status = decode(tiff, width, height, rgb, &s);
  TIFFClose(tiff);
  return status ? give_up(message, capacity, "its TIFF data contradict themselves") : 0;
}
