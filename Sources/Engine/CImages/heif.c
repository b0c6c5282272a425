#include <libheif/heif.h>
#include <stdlib.h>

#include "CImages.h"
#include "reason.h"

static int failed(struct heif_error error, char *message, size_t capacity) {
  if (error.code == heif_error_Ok) return 0;
  int is_cut = error.subcode == heif_suberror_End_of_data;
  return give_up(message, capacity, is_cut ? YOLOS_ENDS_EARLY : error.message);
}

// Opens the file's primary image; `context` and `handle` are the caller's to free, whatever happens.
static int open_primary(const uint8_t *data, size_t size, struct heif_context **context,
                        struct heif_image_handle **handle, char *message, size_t capacity) {
  message[0] = 0;
  *handle = NULL;
  *context = heif_context_alloc();
  if (!*context) return give_up(message, capacity, "no memory is left");
  // Images are decoded side by side: threads within one would only get in the way.
  heif_context_set_max_decoding_threads(*context, 1);
  heif_context_set_maximum_image_size_limit(*context, 16384);
  if (failed(heif_context_read_from_memory_without_copy(*context, data, size, NULL), message, capacity))
    return 1;
  return failed(heif_context_get_primary_image_handle(*context, handle), message, capacity);
}

static void close_primary(struct heif_context *context, struct heif_image_handle *handle) {
  if (handle) heif_image_handle_release(handle);
  if (context) heif_context_free(context);
}

int yolos_heif_size(const uint8_t *data, size_t size, uint32_t *width, uint32_t *height, char *message,
                    size_t capacity) {
  struct heif_context *context;
  struct heif_image_handle *handle;
  int status = open_primary(data, size, &context, &handle, message, capacity);
  if (status == 0) {
    int w = heif_image_handle_get_width(handle), h = heif_image_handle_get_height(handle);
    if (w <= 0 || h <= 0) status = give_up(message, capacity, "it has no valid size");
    *width = (uint32_t)w;
    *height = (uint32_t)h;
  }
  close_primary(context, handle);
  return status;
}

static int copy_rows(const struct heif_image *image, uint32_t width, uint32_t height, uint8_t *rgb,
                     char *message, size_t capacity) {
  int stride = 0;
  const uint8_t *rows = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
  if (!rows || (uint32_t)heif_image_get_primary_width(image) != width ||
      (uint32_t)heif_image_get_primary_height(image) != height)
    return give_up(message, capacity, "the header contradicts itself");
  for (uint32_t y = 0; y < height; y++)
    memcpy(rgb + (size_t)y * width * 3, rows + (size_t)y * (size_t)stride, (size_t)width * 3);
  return 0;
}

int yolos_heif_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, uint8_t *rgb,
                      char *message, size_t capacity) {
  struct heif_context *context;
  struct heif_image_handle *handle;
  struct heif_image *image = NULL;
  int status = open_primary(data, size, &context, &handle, message, capacity);
  if (status == 0)
    status = failed(heif_decode_image(handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGB,
                                      NULL),
                    message, capacity);
  if (status == 0) status = copy_rows(image, width, height, rgb, message, capacity);
  if (image) heif_image_release(image);
  close_primary(context, handle);
  return status;
}

int yolos_heif_has_decoder(int is_avif) {
  // Decoders that are plugins are loaded with the first context.
  struct heif_context *context = heif_context_alloc();
  int has = heif_have_decoder_for_format(is_avif ? heif_compression_AV1 : heif_compression_HEVC);
  if (context) heif_context_free(context);
  return has;
}
