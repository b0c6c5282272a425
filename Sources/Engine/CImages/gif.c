#include <gif_lib.h>
#include <stdlib.h>

#include "CImages.h"
#include "reason.h"

typedef struct {
  const uint8_t *data;
  size_t left;
} source;

static int read_bytes(GifFileType *file, GifByteType *target, int count) {
  source *s = file->UserData;
  size_t n = (size_t)count < s->left ? (size_t)count : s->left;
  memcpy(target, s->data, n);
  s->data += n;
  s->left -= n;
  return (int)n;
}

static const char *reason_of(int error) {
  switch (error) {
    case D_GIF_ERR_READ_FAILED:
    case D_GIF_ERR_EOF_TOO_SOON: return YOLOS_ENDS_EARLY;
    case D_GIF_ERR_NOT_ENOUGH_MEM: return "no memory is left";
    default: {
      const char *words = GifErrorString(error);
      return words ? words : "its GIF data contradict themselves";
    }
  }
}

// Stops at the first frame's description, with the transparent color that stands before it, or -1.
static int find_frame(GifFileType *file, int *transparent) {
  GifRecordType record;
  *transparent = NO_TRANSPARENT_COLOR;
  while (DGifGetRecordType(file, &record) == GIF_OK) {
    if (record == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(file);
    if (record != EXTENSION_RECORD_TYPE) break;
    GifByteType *block;
    int code;
    if (DGifGetExtension(file, &code, &block) == GIF_ERROR) return GIF_ERROR;
    while (block) {
      GraphicsControlBlock control;
      if (code == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
        *transparent = control.TransparentColor;
      if (DGifGetExtensionNext(file, &block) == GIF_ERROR) return GIF_ERROR;
    }
  }
  if (file->Error == 0) file->Error = D_GIF_ERR_NO_IMAG_DSCR;
  return GIF_ERROR;
}

static void put(uint8_t *rgb, const ColorMapObject *colors, int index) {
  GifColorType color = {0, 0, 0};
  if (index >= 0 && index < colors->ColorCount) color = colors->Colors[index];
  rgb[0] = color.Red;
  rgb[1] = color.Green;
  rgb[2] = color.Blue;
}

// Interlaced rows come in four passes (GIF89a, appendix E).
static int read_rows(GifFileType *file, const ColorMapObject *colors, uint32_t width, uint8_t *rgb,
                     GifPixelType *line) {
  static const int begin[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
  GifImageDesc frame = file->Image;
  for (int pass = 0; pass < (frame.Interlace ? 4 : 1); pass++) {
    int first = frame.Interlace ? begin[pass] : 0, stride = frame.Interlace ? step[pass] : 1;
    for (int y = first; y < frame.Height; y += stride) {
      if (DGifGetLine(file, line, frame.Width) == GIF_ERROR) return GIF_ERROR;
      uint8_t *row = rgb + 3 * ((size_t)(frame.Top + y) * width + (size_t)frame.Left);
      for (int x = 0; x < frame.Width; x++) put(row + 3 * x, colors, line[x]);
    }
  }
  return GIF_OK;
}

static int decode(GifFileType *file, uint32_t width, uint32_t height, uint8_t *rgb, char *message,
                  size_t capacity) {
  int transparent;
  if (find_frame(file, &transparent) == GIF_ERROR)
    return give_up(message, capacity, reason_of(file->Error));
  GifImageDesc frame = file->Image;
  const ColorMapObject *colors = frame.ColorMap ? frame.ColorMap : file->SColorMap;
  if (!colors) return give_up(message, capacity, "it has no table of colors");
  if (frame.Left < 0 || frame.Top < 0 || frame.Width <= 0 || frame.Height <= 0 ||
      (uint32_t)frame.Left + (uint32_t)frame.Width > width ||
      (uint32_t)frame.Top + (uint32_t)frame.Height > height)
    return give_up(message, capacity, "its first frame is not inside the image");
  // What the frame leaves free is transparent, and what is transparent keeps its color.
  for (size_t i = 0; i < (size_t)width * height; i++)
    put(rgb + 3 * i, colors, transparent == NO_TRANSPARENT_COLOR ? 0 : transparent);
  GifPixelType *line = malloc((size_t)frame.Width);
  if (!line) return give_up(message, capacity, "no memory is left");
  int status = read_rows(file, colors, width, rgb, line);
  free(line);
  return status == GIF_OK ? 0 : give_up(message, capacity, reason_of(file->Error));
}

int yolos_gif_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, uint8_t *rgb,
                     char *message, size_t capacity) {
  message[0] = 0;
  source s = {data, size};
  int error = 0;
  GifFileType *file = DGifOpen(&s, read_bytes, &error);
  if (!file) return give_up(message, capacity, reason_of(error));
  int status = decode(file, width, height, rgb, message, capacity);
  DGifCloseFile(file, &error);
  return status;
}
