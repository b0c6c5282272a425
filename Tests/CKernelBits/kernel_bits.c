// Every pass of the kernels over every shape, as digests: see CKernelBits.h.

#include "CKernelBits.h"

#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Channels in and out, kernel, stride; images, rows and columns of the input.
typedef struct {
  int inputs, outputs, kernel, stride, n, h, w;
} layout;

// Every convolution of YOLOv8n and YOLOv8s with 80 classes, on small maps: an output is one chain
// of operations, whatever the size of its map. Then shapes that fit nothing, and maps with enough
// pixels for every way to cut a pass.
static const layout layouts[] = {
    {3, 16, 3, 2, 1, 4, 6},    {3, 32, 3, 2, 1, 4, 6},    {16, 16, 3, 1, 1, 4, 6},
    {16, 32, 3, 2, 1, 4, 6},   {32, 32, 1, 1, 1, 4, 6},   {32, 32, 3, 1, 1, 4, 6},
    {32, 64, 3, 2, 1, 4, 6},   {48, 32, 1, 1, 1, 4, 6},   {64, 64, 1, 1, 1, 4, 6},
    {64, 64, 3, 1, 1, 4, 6},   {64, 64, 3, 2, 1, 4, 6},   {64, 80, 3, 1, 1, 4, 6},
    {64, 128, 3, 2, 1, 4, 6},  {80, 80, 1, 1, 1, 4, 6},   {80, 80, 3, 1, 1, 4, 6},
    {96, 64, 1, 1, 1, 4, 6},   {128, 64, 1, 1, 1, 4, 6},  {128, 64, 3, 1, 1, 4, 6},
    {128, 80, 1, 1, 1, 4, 6},  {128, 80, 3, 1, 1, 4, 6},  {128, 128, 1, 1, 1, 4, 6},
    {128, 128, 3, 1, 1, 4, 6}, {128, 128, 3, 2, 1, 4, 6}, {128, 256, 3, 2, 1, 4, 6},
    {192, 64, 1, 1, 1, 4, 6},  {192, 128, 1, 1, 1, 4, 6}, {256, 64, 3, 1, 1, 4, 6},
    {256, 80, 3, 1, 1, 4, 6},  {256, 128, 1, 1, 1, 4, 6}, {256, 128, 3, 1, 1, 4, 6},
    {256, 256, 1, 1, 1, 4, 6}, {256, 256, 3, 1, 1, 4, 6}, {256, 256, 3, 2, 1, 4, 6},
    {256, 512, 3, 2, 1, 4, 6}, {384, 128, 1, 1, 1, 4, 6}, {384, 256, 1, 1, 1, 4, 6},
    {512, 64, 3, 1, 1, 4, 6},  {512, 128, 3, 1, 1, 4, 6}, {512, 256, 1, 1, 1, 4, 6},
    {512, 512, 1, 1, 1, 4, 6}, {768, 256, 1, 1, 1, 4, 6}, {768, 512, 1, 1, 1, 4, 6},
    {1024, 512, 1, 1, 1, 4, 6},

    {1, 1, 1, 1, 1, 1, 1},      {1, 3, 3, 1, 2, 1, 5},      {5, 3, 3, 2, 1, 6, 5},
    {3, 16, 3, 2, 3, 40, 36},   {7, 9, 5, 1, 1, 7, 4},      {8, 8, 3, 1, 1, 3, 17},
    {8, 24, 3, 2, 2, 7, 9},     {9, 12, 3, 1, 2, 19, 22},   {9, 12, 3, 2, 3, 30, 28},
    {12, 20, 5, 2, 2, 20, 20},  {15, 17, 3, 1, 2, 9, 6},    {16, 24, 3, 1, 3, 25, 30},
    {17, 33, 1, 1, 2, 13, 11},  {20, 36, 3, 2, 3, 21, 18},  {24, 40, 3, 1, 1, 17, 13},
    {24, 17, 1, 1, 1, 7, 6},    {25, 47, 3, 2, 2, 11, 14},  {33, 49, 3, 1, 1, 21, 18},
    {40, 44, 3, 1, 1, 6, 5},    {48, 40, 1, 1, 2, 20, 20},  {64, 80, 3, 1, 2, 24, 20},
    {64, 64, 3, 2, 2, 40, 40},  {72, 56, 1, 2, 1, 9, 8},    {128, 144, 3, 1, 3, 9, 9},
    // More images than shards, fewer, and shards that are computed in pieces.
    {16, 24, 3, 1, 11, 12, 10}, {33, 20, 1, 1, 6, 7, 5},    {3, 16, 3, 2, 9, 34, 30},
    {40, 44, 3, 1, 3, 44, 42},
};
enum { LAYOUTS = sizeof layouts / sizeof *layouts };

/// Memory that is aligned as kernels expect it.
static float *floats(size_t count) {
  float *memory = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64 + 64);
  if (!memory) abort();
  return memory;
}

/// A multiple of 2^-23 in [-1, 1), from where it stands alone (the finalizer of MurmurHash3).
static float number(uint32_t seed, size_t index) {
  uint64_t x = (uint64_t)index * 0x9E3779B97F4A7C15u + seed;
  x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCDu;
  x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53u;
  return (float)((int32_t)(x >> 40) - (1 << 23)) / (1 << 23);
}

static float *numbers(uint32_t seed, size_t count, float scale) {
  float *memory = floats(count);
  for (size_t i = 0; i < count; i++) memory[i] = number(seed, i) * scale;
  return memory;
}

/// FNV-1a over the bits of some floats.
static uint64_t digest_of(uint64_t digest, const void *memory, size_t bytes) {
  const unsigned char *p = memory;
  for (size_t i = 0; i < bytes; i++) digest = (digest ^ p[i]) * 0x100000001B3u;
  return digest;
}
static const uint64_t start = 0xCBF29CE484222325u;

typedef struct {
  void (*report)(void *, const char *, uint64_t);
  void *context;
  /// What the digests are of.
  char shape[64];
} reporter;

static void say(reporter *to, const char *pass, const void *memory, size_t bytes) {
  char name[128];
  snprintf(name, sizeof name, "%s %s", to->shape, pass);
  to->report(to->context, name, digest_of(start, memory, bytes));
}

/// A map as a slice of a wider one, three channels from its left edge.
typedef struct {
  float *memory;
  size_t count;
  yolos_map map;
} slice;

enum { LEFT = 3, AROUND = 8 };

static slice make_slice(uint32_t seed, int n, int h, int w, int c) {
  slice s;
  s.count = (size_t)n * h * w * (c + AROUND);
  s.memory = numbers(seed, s.count, 1);
  s.map = (yolos_map){s.memory + LEFT, c + AROUND, n, h, w, c};
  return s;
}

/// Runs the tasks of a pass, which has been planned.
static void run_pass(yolos_pass *pass, void (*task_of)(const yolos_pass *, int, float *)) {
  float *scratch = floats(pass->scratch);
  pass->transformed = pass->transformed_count ? floats(pass->transformed_count) : 0;
  for (int task = 0; pass->transformed && task < YOLOS_WINOGRAD_INPUT_TASKS; task++) {
    yolos_winograd_inputs(pass, task);
  }
  for (int task = 0; task < pass->tasks; task++) task_of(pass, task, scratch);
  free(scratch);
  free(pass->transformed);
}

/// Packs weights and runs a pass with them, bare, then with all that may follow it.
static void check_pass(
    reporter *to, const char *name, const layout *l, int turned, int points,
    void (*pack)(const yolos_packing *, int), void (*plan)(yolos_pass *),
    void (*task_of)(const yolos_pass *, int, float *)) {
  int out_h = (l->h - 1) / l->stride + 1, out_w = (l->w - 1) / l->stride + 1;
  int from = turned ? l->outputs : l->inputs, into = turned ? l->inputs : l->outputs;
  slice x = turned ? make_slice(1, l->n, out_h, out_w, from)
                   : make_slice(1, l->n, l->h, l->w, from);
  int y_h = turned ? l->h : out_h, y_w = turned ? l->w : out_w;
  slice y = make_slice(2, l->n, y_h, y_w, into), residual = make_slice(3, l->n, y_h, y_w, into);
  size_t taps = (size_t)l->kernel * l->kernel;
  float *weights = numbers(4, taps * l->inputs * l->outputs, 1), *bias = numbers(5, into, 1);
  int panels = (into + 15) / 16;
  size_t count = (size_t)panels * 16 * from * points * points;
  float *packed = numbers(6, count, 1);
  char pass_name[64];
  yolos_packing packing = {weights, l->inputs, l->outputs, l->kernel, packed};
  for (int panel = 0; panel < panels; panel++) pack(&packing, panel);
  snprintf(pass_name, sizeof pass_name, "%s packed", name);
  say(to, pass_name, packed, count * sizeof(float));

  yolos_pass pass = {
      .x = x.map, .y = y.map, .kernel = l->kernel, .stride = l->stride, .weights = packed};
  plan(&pass);
  run_pass(&pass, task_of);
  say(to, name, y.memory, y.count * sizeof(float));
  // A data gradient is added to what is there; a convolution has all of its end.
  pass.residual = turned ? y.map.base : residual.map.base;
  pass.residual_pixel = y.map.pixel;
  if (!turned) {
    pass.bias = bias;
    pass.silu = 1;
  }
  run_pass(&pass, task_of);
  snprintf(pass_name, sizeof pass_name, "%s finished", name);
  say(to, pass_name, y.memory, y.count * sizeof(float));
  if (pack == yolos_pack_winograd) {
    for (int panel = 0; panel < panels; panel++) yolos_pack_direct(&packing, panel);
    pass.plain = 1;
    plan(&pass);
    run_pass(&pass, task_of);
    snprintf(pass_name, sizeof pass_name, "%s from plain weights", name);
    say(to, pass_name, y.memory, y.count * sizeof(float));
  }
  free(x.memory), free(y.memory), free(residual.memory);
  free(weights), free(bias), free(packed);
}

static void check_weight_gradient(reporter *to, const layout *l, int winograd) {
  int out_h = (l->h - 1) / l->stride + 1, out_w = (l->w - 1) / l->stride + 1;
  slice x = make_slice(1, l->n, l->h, l->w, l->inputs);
  slice dz = make_slice(7, l->n, out_h, out_w, l->outputs);
  size_t count = (size_t)l->kernel * l->kernel * l->inputs * l->outputs;
  float *dw = numbers(8, count, 1);
  int shards = l->n < YOLOS_SHARDS ? l->n : YOLOS_SHARDS;
  yolos_weight_pass pass = {
      .x = x.map, .dz = dz.map, .kernel = l->kernel, .stride = l->stride, .dw = dw,
      .shards = {l->n, shards, 0, shards}, .wanted = 8, .sum_shards = shards};
  winograd ? yolos_plan_winograd_gradient(&pass) : yolos_plan_weight_gradient(&pass);
  float *scratch = floats(pass.scratch);
  pass.sums = floats((size_t)shards * pass.cuts * pass.sum_count);
  pass.transformed = pass.transformed_count ? floats(pass.transformed_count) : 0;
  for (int task = 0; pass.chunks == 0 && task < pass.tasks; task++) {
    winograd ? yolos_winograd_gradient(&pass, task, scratch)
             : yolos_weight_gradient(&pass, task, scratch);
  }
  for (int chunk = 0; chunk < pass.chunks; chunk++) {
    int products = yolos_winograd_gradient_products(&pass, chunk);
    int backs = yolos_winograd_gradient_backs(&pass, chunk);
    for (int task = 0; task < 16; task++) yolos_winograd_gradient_transform(&pass, chunk, task);
    for (int task = 0; task < products; task++) {
      yolos_winograd_gradient_product(&pass, chunk, task, scratch);
    }
    for (int panel = 0; panel < backs; panel++) {
      yolos_winograd_gradient_back(&pass, chunk, panel);
    }
  }
  for (int panel = 0; panel < (l->inputs + 15) / 16; panel++) {
    yolos_weight_gradient_sum(&pass, panel);
  }
  say(to, winograd ? "winograd weights" : "weights", dw, count * sizeof(float));
  free(x.memory), free(dz.memory), free(dw), free(scratch), free(pass.sums);
  free(pass.transformed);
}

static void check_layout(reporter *to, const layout *l) {
  snprintf(
      to->shape, sizeof to->shape, "%d>%d k%d s%d %dx%dx%d", l->inputs, l->outputs, l->kernel,
      l->stride, l->n, l->h, l->w);
  int transforms = l->kernel == 3 && l->inputs >= 8 && l->outputs >= 8;
  check_pass(
      to, "forward", l, 0, l->kernel, yolos_pack_direct, yolos_plan_direct, yolos_direct);
  if (l->stride == 1) {
    check_pass(
        to, "data", l, 1, l->kernel, yolos_pack_turned, yolos_plan_direct, yolos_direct);
  } else {
    check_pass(to, "data", l, 1, l->kernel, yolos_pack_spread, yolos_plan_spread, yolos_spread);
  }
  check_weight_gradient(to, l, 0);
  if (!transforms) return;
  if (l->stride == 2) {
    check_pass(
        to, "winograd forward", l, 0, 9, yolos_pack_winograd_halving, yolos_plan_winograd,
        yolos_winograd);
    return;
  }
  check_pass(
      to, "winograd forward", l, 0, 6, yolos_pack_winograd, yolos_plan_winograd, yolos_winograd);
  check_pass(
      to, "winograd data", l, 1, 6, yolos_pack_winograd_turned, yolos_plan_winograd,
      yolos_winograd);
  check_weight_gradient(to, l, 1);
}

/// Normalization and its gradient over some pixels of c channels, forward of which `scale` is the
/// magnitude: small ones meet denormal numbers, large ones the ends of the exponential function.
static void check_normalization(reporter *to, int c, int pixels, float scale) {
  snprintf(to->shape, sizeof to->shape, "%d channels %d pixels by %g", c, pixels, (double)scale);
  slice x = make_slice(11, 1, 1, pixels, c), y = make_slice(12, 1, 1, pixels, c);
  slice dy = make_slice(13, 1, 1, pixels, c), r = make_slice(14, 1, 1, pixels, c);
  for (size_t i = 0; i < x.count; i++) x.memory[i] *= scale;
  ptrdiff_t pitch = x.map.pixel;
  float *s = numbers(15, c, 2), *b = numbers(16, c, 1), *mean = numbers(17, c, scale);
  float *a = numbers(18, c, 1), *k = numbers(19, c, 1);
  double *sums = malloc(2 * (size_t)c * sizeof(double));
  if (!sums) abort();
  size_t bytes = 2 * (size_t)c * sizeof(double);
  yolos_moments(x.map.base, pitch, c, pixels, sums, sums + c);
  say(to, "moments", sums, bytes);
  yolos_channel_sums(x.map.base, pitch, c, pixels, sums);
  say(to, "channel sums", sums, bytes);
  for (int silu = 0; silu < 2; silu++) {
    const char *kind = silu ? "with SiLU" : "plain";
    char name[64];
    snprintf(name, sizeof name, "normalize %s", kind);
    yolos_normalize(
        x.map.base, pitch, s, b, silu, 0, 0, y.map.base, pitch, c, pixels);
    say(to, name, y.memory, y.count * sizeof(float));
    snprintf(name, sizeof name, "normalize and add %s", kind);
    yolos_normalize(
        x.map.base, pitch, s, b, silu, r.map.base, pitch, y.map.base, pitch, c, pixels);
    say(to, name, y.memory, y.count * sizeof(float));
    snprintf(name, sizeof name, "normalize gradient %s", kind);
    memcpy(y.memory, x.memory, x.count * sizeof(float));
    yolos_normalize_gradient(
        y.map.base, pitch, dy.map.base, pitch, s, b, mean, a, b, k, silu, c, pixels);
    say(to, name, y.memory, y.count * sizeof(float));
    snprintf(name, sizeof name, "normalize sums %s", kind);
    yolos_normalize_sums(
        x.map.base, pitch, dy.map.base, pitch, s, b, mean, silu, c, pixels, sums, sums + c);
    say(to, name, sums, bytes);
    snprintf(name, sizeof name, "normalize du %s", kind);
    say(to, name, dy.memory, dy.count * sizeof(float));
    snprintf(name, sizeof name, "epilogue %s", kind);
    yolos_epilogue(&y.map, 1, pixels - 1, silu ? b : 0, silu, silu ? &r.map : 0);
    say(to, name, y.memory, y.count * sizeof(float));
  }
  free(x.memory), free(y.memory), free(dy.memory), free(r.memory);
  free(s), free(b), free(mean), free(a), free(k), free(sums);
}

/// Pooling, upsampling and copies on a map of c channels.
static void check_maps(reporter *to, int c, int h, int w) {
  snprintf(to->shape, sizeof to->shape, "%d channels %dx%d", c, h, w);
  slice x = make_slice(21, 1, h, w, c), y = make_slice(22, 1, h, w, c);
  slice large = make_slice(23, 1, 2 * h, 2 * w, c), dy = make_slice(24, 1, h, w, c);
  // Equal maxima: a few values only.
  for (size_t i = 0; i < x.count; i++) x.memory[i] = (float)(int)(x.memory[i] * 5);
  ptrdiff_t pitch = x.map.pixel;
  size_t bytes = y.count * sizeof(float);
  for (int row = 0; row < h; row++) {
    yolos_max_pool_row(x.map.base, pitch, y.map.base, pitch, h, w, c, 5, row);
  }
  say(to, "max pool", y.memory, bytes);
  yolos_max_pool_gradient(
      x.map.base, pitch, dy.map.base, pitch, y.map.base, pitch, h, w, 5, c / 3, c);
  say(to, "max pool gradient", y.memory, bytes);
  for (int row = 0; row < 2 * h; row++) {
    yolos_upsample_row(dy.map.base, pitch, large.map.base, pitch, w, c, 2, row);
  }
  say(to, "upsample", large.memory, large.count * sizeof(float));
  for (int row = 0; row < h; row++) {
    yolos_upsample_gradient_row(
        large.map.base, pitch, y.map.base, pitch, w, c, 2, row, row & 1);
  }
  say(to, "upsample gradient", y.memory, bytes);
  yolos_copy(dy.map.base, pitch, y.map.base, pitch, 1, c, (ptrdiff_t)h * w);
  say(to, "add", y.memory, bytes);
  yolos_copy(dy.map.base, pitch, y.map.base, pitch, 0, c, (ptrdiff_t)h * w);
  say(to, "copy", y.memory, bytes);
  yolos_clear(y.map.base, pitch, c, (ptrdiff_t)h * w / 2);
  say(to, "clear", y.memory, bytes);
  size_t columns = (size_t)h * w * 9 * c;
  float *windows = floats(columns);
  yolos_im2col(&x.map, 0, (ptrdiff_t)h * w, 3, 1, windows);
  say(to, "windows", windows, columns * sizeof(float));
  yolos_col2im(windows, 0, (ptrdiff_t)h * w, 3, 1, &y.map);
  say(to, "windows added", y.memory, bytes);
  free(x.memory), free(y.memory), free(large.memory), free(dy.memory), free(windows);
}

/// The sums of the loss over some logits.
static void check_loss(reporter *to, int count, float scale) {
  snprintf(to->shape, sizeof to->shape, "%d logits by %g", count, (double)scale);
  float *logits = numbers(31, count, scale), *out = numbers(32, count, 1);
  size_t bytes = (size_t)count * sizeof(float);
  double sum = yolos_zero_target_entropy(logits, out, count, 0.3f);
  say(to, "entropy", &sum, sizeof sum);
  say(to, "entropy's gradient", out, bytes);
  yolos_sigmoid(logits, out, count);
  say(to, "sigmoid", out, bytes);
  yolos_expected_distances(logits, count / 4, out);
  say(to, "distances", out, 4 * sizeof(float));
  uint8_t *pixels = malloc((size_t)count);
  if (!pixels) abort();
  for (int i = 0; i < count; i++) pixels[i] = (uint8_t)(i * 37);
  yolos_bytes_to_unit(pixels, out, count);
  say(to, "bytes", out, bytes);
  free(logits), free(out), free(pixels);
}

/// Weights that move: gradients of that size, of which the first are zero, as after a step.
static void check_updates(reporter *to, int count, float scale) {
  snprintf(to->shape, sizeof to->shape, "%d weights, gradients by %g", count, (double)scale);
  float *p = numbers(41, count, 1), *g = numbers(42, count, scale);
  float *m = numbers(43, count, scale), *v = numbers(44, count, scale * scale);
  for (int i = 0; i < count; i++) v[i] = v[i] < 0 ? -v[i] : v[i];
  for (int i = 0; i < count / 4; i++) g[i] = m[i] = v[i] = 0;
  size_t bytes = (size_t)count * sizeof(float);
  const yolos_adam_rule rule = {1.3e-3f, 0.99999f, 2e-4f, 0.7f, 0.1f, 0.999f, 0.001f, 0.0316f, 1e-8f};
  yolos_adam(p, g, m, v, &rule, count);
  say(to, "Adam's weights", p, bytes), say(to, "Adam's gradients", g, bytes);
  say(to, "Adam's means", m, bytes), say(to, "Adam's squares", v, bytes);
  free(g);
  g = numbers(45, count, scale);
  yolos_sgd(p, g, m, 0.01f, 0.937f, 5e-4f, 0.9f, count);
  say(to, "SGD's weights", p, bytes), say(to, "SGD's gradients", g, bytes);
  say(to, "SGD's moments", m, bytes);
  yolos_average(v, p, 0.003f, count);
  say(to, "average", v, bytes);
  free(p), free(g), free(m), free(v);
}

void yolos_kernel_bits(
    void (*report)(void *context, const char *name, uint64_t digest), void *context) {
  uint64_t state = yolos_flush_denormals();
  reporter to = {report, context, ""};
  for (int i = 0; i < LAYOUTS; i++) check_layout(&to, &layouts[i]);
  static const int channels[] = {1, 3, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 48, 80, 144};
  for (unsigned i = 0; i < sizeof channels / sizeof *channels; i++) {
    check_normalization(&to, channels[i], 131, 1);
    check_normalization(&to, channels[i], 70, 1e-38f);
    check_normalization(&to, channels[i], 70, 200);
    check_maps(&to, channels[i], 7, 6);
  }
  check_updates(&to, 64, 1), check_updates(&to, 301, 1e-3f), check_updates(&to, 77, 1e-19f);
  check_loss(&to, 64, 4), check_loss(&to, 357, 1), check_loss(&to, 300, 120);
  yolos_restore_denormals(state);
}
