#include <dlfcn.h>
#include <libheif/heif.h>
#include <pthread.h>
#include <stdlib.h>

#include "CImages.h"
#include "reason.h"

// libheif is opened with the first such file: linked, it would bring a dozen libraries of codecs into every
// start of the program, a sixth of its time.
#define FUNCTIONS(use) \
  use(context_alloc) use(context_set_max_decoding_threads) \
      use(context_set_maximum_image_size_limit) use(context_read_from_memory_without_copy) \
      use(context_get_primary_image_handle) use(image_handle_release) use(context_free) \
      use(image_handle_get_width) use(image_handle_get_height) \
      use(image_get_plane_readonly) use(image_get_primary_width) \
      use(image_get_primary_height) use(decode_image) use(image_release) \
      use(have_decoder_for_format)

// Each function that is used, of the type its header gives it.
#define DECLARE(name) __typeof__(&heif_##name) name;
static struct {
  FUNCTIONS(DECLARE)
} heif;
static const char *missing;

static void load(void) {
  void *opened = dlopen("libheif.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!opened) {
    missing = "libheif is missing";
    return;
  }
#define FIND(name)                                                    \
  heif.name = (__typeof__(&heif_##name))dlsym(opened, "heif_" #name); \
  if (!heif.name) missing = "libheif is too old: it has no heif_" #name;
  FUNCTIONS(FIND)
}

static int is_missing(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return missing != NULL;
}

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
  *context = NULL;
  if (is_missing()) return give_up(message, capacity, missing);
  *context = heif.context_alloc();
  if (!*context) return give_up(message, capacity, "no memory is left");
  // Images are decoded side by side: threads within one would only get in the way.
  heif.context_set_max_decoding_threads(*context, 1);
  heif.context_set_maximum_image_size_limit(*context, 16384);
  if (failed(heif.context_read_from_memory_without_copy(*context, data, size, NULL), message, capacity))
    return 1;
  return failed(heif.context_get_primary_image_handle(*context, handle), message, capacity);
}

static void close_primary(struct heif_context *context, struct heif_image_handle *handle) {
  if (handle) heif.image_handle_release(handle);
  if (context) heif.context_free(context);
}

int yolos_heif_size(const uint8_t *data, size_t size, uint32_t *width, uint32_t *height, char *message,
                    size_t capacity) {
  struct heif_context *context;
  struct heif_image_handle *handle;
  int status = open_primary(data, size, &context, &handle, message, capacity);
  if (status == 0) {
    int w = heif.image_handle_get_width(handle), h = heif.image_handle_get_height(handle);
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
  const uint8_t *rows = heif.image_get_plane_readonly(image, heif_channel_interleaved, &stride);
  if (!rows || (uint32_t)heif.image_get_primary_width(image) != width ||
      (uint32_t)heif.image_get_primary_height(image) != height)
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
    status = failed(heif.decode_image(handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGB,
                                      NULL),
                    message, capacity);
  if (status == 0) status = copy_rows(image, width, height, rgb, message, capacity);
  if (image) heif.image_release(image);
  close_primary(context, handle);
  return status;
}

int yolos_heif_has_decoder(int is_avif) {
  if (is_missing()) return -1;
  // Decoders that are plugins are loaded with the first context.
  struct heif_context *context = heif.context_alloc();
  int has = heif.have_decoder_for_format(is_avif ? heif_compression_AV1 : heif_compression_HEVC);
  if (context) heif.context_free(context);
  return has;
}
