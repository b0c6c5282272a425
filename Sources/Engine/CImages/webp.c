#include <stdlib.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include "CImages.h"
#include "reason.h"

static const char *reason_of(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA: return YOLOS_ENDS_EARLY;
    case VP8_STATUS_OUT_OF_MEMORY: return "no memory is left";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it uses a feature that libwebp does not know";
    default: return "its WebP data contradict themselves";
  }
}

// Frames may cover a part of the canvas only, so the library composes them: the first one suffices.
static int decode_animation(const WebPData *data, uint32_t width, uint32_t height, uint8_t *rgb,
                            char *message, size_t capacity) {
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) return give_up(message, capacity, "another libwebp");
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  WebPAnimDecoder *decoder = WebPAnimDecoderNew(data, &options);
  if (!decoder) return give_up(message, capacity, YOLOS_ENDS_EARLY);
  uint8_t *frame = NULL;
  int time = 0;
  WebPAnimInfo info;
  int ok = WebPAnimDecoderGetInfo(decoder, &info) && info.canvas_width == width &&
           info.canvas_height == height && WebPAnimDecoderGetNext(decoder, &frame, &time);
  if (ok)
    for (size_t i = 0; i < (size_t)width * height; i++) memcpy(rgb + 3 * i, frame + 4 * i, 3);
  WebPAnimDecoderDelete(decoder);
  return ok ? 0 : give_up(message, capacity, "its first frame cannot be decoded");
}

int yolos_webp_decode(const uint8_t *data, size_t size, uint32_t width, uint32_t height, uint8_t *rgb,
                      char *message, size_t capacity) {
  message[0] = 0;
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return give_up(message, capacity, "another libwebp");
  VP8StatusCode status = WebPGetFeatures(data, size, &config.input);
  if (status != VP8_STATUS_OK) return give_up(message, capacity, reason_of(status));
  if ((uint32_t)config.input.width != width || (uint32_t)config.input.height != height)
    return give_up(message, capacity, "the header contradicts itself");
  if (config.input.has_animation) {
    WebPData all = {data, size};
    return decode_animation(&all, width, height, rgb, message, capacity);
  }
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = rgb;
  config.output.u.RGBA.stride = (int)(3 * width);
  config.output.u.RGBA.size = (size_t)width * height * 3;
  status = WebPDecode(data, size, &config);
  WebPFreeDecBuffer(&config.output);
  return status == VP8_STATUS_OK ? 0 : give_up(message, capacity, reason_of(status));
}
