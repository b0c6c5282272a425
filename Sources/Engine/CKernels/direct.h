// A convolution from its definition, as an implicit matrix product: the windows are read where they
// lie. With kernel 1 and stride 1 they are the pixels themselves; else the rows that a task needs
// are copied once, with padding, into scratch memory that stays in the second-level cache.

/// The pixels of a task: where their windows begin, and where their outputs go.
typedef struct {
  const float *base;
  ptrdiff_t pixel, row;
  int width;
  ptrdiff_t first, count;
  yolos_runs runs;
} yolos_windows;

/// The channel panels of a task: one tile after the other through all pixels, for as many panels as
/// a tile takes at once, so that their weights stay in the first-level cache.
static void direct_panels(const yolos_pass *pass, const yolos_windows *in, int group) {
  int panels = panels_of(pass->y.c), end = (int)part_start(panels, pass->groups, group + 1);
  ptrdiff_t depth = in->runs.segments * in->runs.length * PANEL;
  yolos_tiling tiling = tiling_of(in->count);
  for (int panel = (int)part_start(panels, pass->groups, group); panel < end; panel += ACROSS) {
    int channel = panel * PANEL, count = min_of(ACROSS, end - panel);
    yolos_panels weights = {pass->weights + panel * depth, depth};
    yolos_target to = {
        .pitch = pass->y.pixel, .residual_pitch = pass->residual_pixel, .silu = pass->silu,
        .bias = pass->bias ? pass->bias + channel : 0,
        .lanes = min_of(count * PANEL, pass->y.c - channel)};
    int x = 0;
    const float *line = in->base;
    for (ptrdiff_t tile = 0, start = 0; tile < tiling.tiles; tile++) {
      int rows = size_of_tile(&tiling, tile);
      const float *a[TILE];
      for (int i = 0; i < rows; i++) {
        a[i] = line + x * in->pixel;
        if (++x == in->width) {
          x = 0;
          line += in->row;
        }
      }
      to.y = pass->y.base + (in->first + start) * pass->y.pixel + channel;
      if (pass->residual) {
        to.residual = pass->residual + (in->first + start) * pass->residual_pixel + channel;
      }
      tile_of[count * REGISTERS][rows](a, &in->runs, &weights, &to);
      start += rows;
    }
  }
}

/// Kernel 1, stride 1: pixels of the whole batch in one row.
static void direct_pixels(const yolos_pass *pass, int block, int group) {
  const yolos_map *x = &pass->x;
  ptrdiff_t all = (ptrdiff_t)x->n * x->h * x->w, first = (ptrdiff_t)block * pass->block;
  ptrdiff_t count = all - first < pass->block ? all - first : pass->block;
  const float *base = x->base + first * x->pixel;
  // The block is read once for each panel; fetch it into the second-level cache in one stream.
  for (ptrdiff_t pixel = 0; pixel < count; pixel++) {
    for (int c = 0; c < x->c; c += 16) __builtin_prefetch(base + pixel * x->pixel + c, 0, 2);
  }
  direct_panels(
      pass,
      &(yolos_windows){
          .base = base, .pixel = x->pixel, .width = (int)count, .first = first, .count = count,
          .runs = {.segments = 1, .length = x->c}},
      group);
}

void YOLOS(direct)(const yolos_pass *pass, int task, float *scratch) {
  int block = task / pass->groups, group = task % pass->groups;
  if (pass->kernel == 1 && pass->stride == 1) {
    direct_pixels(pass, block, group);
    return;
  }
  int stride = pass->stride, pad = pass->kernel / 2;
  int per_image = pass->blocks / pass->y.n, image = block / per_image;
  int first = block % per_image * pass->block, end = min_of(pass->y.h, first + pass->block);
  copy_rows(
      scratch, &pass->x, image, first * stride - pad, (end - 1) * stride - pad + pass->kernel, pad,
      pad);
  ptrdiff_t line = (ptrdiff_t)(pass->x.w + 2 * pad) * pass->x.c;
  direct_panels(
      pass,
      &(yolos_windows){
          .base = scratch, .pixel = (ptrdiff_t)stride * pass->x.c, .row = stride * line,
          .width = pass->y.w, .first = ((ptrdiff_t)image * pass->y.h + first) * pass->y.w,
          .count = (ptrdiff_t)(end - first) * pass->y.w,
          .runs = {
              .segments = pass->kernel, .step = line,
              .length = (ptrdiff_t)pass->kernel * pass->x.c}},
      group);
}
