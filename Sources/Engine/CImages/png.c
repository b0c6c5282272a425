#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "CImages.h"
#include "reason.h"

// libpng reports errors through a function that must not return: ours keeps the reason and jumps back
// into the function of this file that was called from outside.
typedef struct {
  jmp_buf back;
  char *message;
  size_t capacity;
  const uint8_t *data;
  size_t left;
  uint8_t *output;
  size_t count, room;
} job;

static void on_error(png_structp png, png_const_charp reason) {
  job *j = png_get_error_ptr(png);
  strncpy(j->message, reason, j->capacity - 1);
  j->message[j->capacity - 1] = 0;
  longjmp(j->back, 1);
}

static void on_warning(png_structp png, png_const_charp reason) {
  (void)png;
  (void)reason;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  job *j = png_get_io_ptr(png);
  if (count > j->left) png_error(png, YOLOS_ENDS_EARLY);
  memcpy(target, j->data, count);
  j->data += count;
  j->left -= count;
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
  job *j = png_get_io_ptr(png);
  if (count > j->room - j->count) {
    size_t room = 2 * j->room + count + 65536;
    uint8_t *grown = realloc(j->output, room);
    if (!grown) png_error(png, "no memory is left");
    j->output = grown;
    j->room = room;
  }
  memcpy(j->output + j->count, source, count);
  j->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

static void decode(png_structp png, png_infop info, uint32_t width, uint32_t height, uint8_t *rgb) {
  png_set_user_limits(png, width, height);
  png_set_chunk_malloc_max(png, 8 << 20);
  png_read_info(png, info);
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height)
    png_error(png, "the header contradicts itself");
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_strip_alpha(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != (size_t)width * 3)
    png_error(png, "its pixels do not become RGB of 8 bits");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < height; y++) png_read_row(png, rgb + (size_t)y * width * 3, NULL);
  png_read_end(png, NULL);
}

int yolos_png_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, uint8_t *rgb,
                     char *message, size_t capacity) {
  job j = {.message = message, .capacity = capacity, .data = data, .left = size};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &j, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    strncpy(message, "no memory is left", capacity);
    png_destroy_read_struct(&png, NULL, NULL);
    return 1;
  }
  // `png` and `info` do not change after this line, so they are valid after the jump.
  if (setjmp(j.back)) {
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
  }
  png_set_read_fn(png, &j, read_bytes);
  decode(png, info, width, height, rgb);
  png_destroy_read_struct(&png, &info, NULL);
  return 0;
}

static int is_ascii(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text > 126) return 0;
  return 1;
}

static void add_texts(png_structp png, png_infop info, const char *texts, int count) {
  for (int i = 0; i < count; i++) {
    png_text entry = {0};
    entry.key = (char *)texts;
    texts += strlen(texts) + 1;
    entry.text = (char *)texts;
    entry.compression = is_ascii(texts) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
    texts += strlen(texts) + 1;
    png_set_text(png, info, &entry, 1);
  }
}

// Indices of neighboring colors say nothing of each other, so rows are written as they are.
static void set_palette(png_structp png, png_infop info, const uint8_t *palette, int colors) {
  png_color entries[256];
  if (colors > 256) png_error(png, "a palette holds at most 256 colors");
  for (int i = 0; i < colors; i++)
    entries[i] = (png_color){palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]};
  png_set_PLTE(png, info, entries, colors);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
}

int yolos_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, const uint8_t *palette,
                     int colors, const char *texts, int count, uint8_t **output, size_t *size,
                     char *message, size_t capacity) {
  job j = {.message = message, .capacity = capacity};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &j, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    strncpy(message, "no memory is left", capacity);
    png_destroy_write_struct(&png, NULL);
    return 1;
  }
  if (setjmp(j.back)) {
    png_destroy_write_struct(&png, &info);
    free(j.output);
    return 1;
  }
  png_set_write_fn(png, &j, write_bytes, flush_nothing);
  png_set_IHDR(png, info, width, height, 8, colors ? PNG_COLOR_TYPE_PALETTE : PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (colors) set_palette(png, info, palette, colors);
  png_set_compression_level(png, colors ? 9 : 6);
  add_texts(png, info, texts, count);
  png_write_info(png, info);
  size_t stride = (size_t)width * (colors ? 1 : 3);
  for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + y * stride);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  *output = j.output;
  *size = j.count;
  return 0;
}
