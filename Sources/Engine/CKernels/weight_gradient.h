// Weight gradients directly: for every tap, dw += x(shifted)' dz.
//
// A group goes through its blocks of rows. Each block of x and dz is copied into panels of 16
// channels [panel][pixel][16] first: in the maps themselves the pixels lie 512 or 1024 bytes apart,
// which falls into a few sets of the first-level cache. With fewer than 16 input channels a panel
// would be mostly air; then the window's line, kernel x channels neighboring floats, takes its
// place.

/// A block of the maps in scratch memory.
typedef struct {
  const float *x, *dz;
  /// Floats of a panel of x and of dz.
  ptrdiff_t x_panel, dz_panel;
  /// Floats of a padded line of x in its panel, and of a line of dz.
  ptrdiff_t x_line, dz_line;
} yolos_block;

/// Copies one pixel into its place in every panel; channels that do not exist become zeros.
INLINE void copy_pixel(float *to, ptrdiff_t panel, const float *from, int channels) {
  int c = 0;
  for (; c + PANEL <= channels; c += PANEL, to += panel) {
    for (int r = 0; r < REGISTERS; r++) vstore(to + r * LANES, vload(from + c + r * LANES));
  }
  if (c == channels) return;
  for (int r = 0; r < REGISTERS; r++) {
    vstore(to + r * LANES, load_part(from + c + r * LANES, max_of(0, channels - c - r * LANES)));
  }
}

/// Sets `count` pixels to zero in every panel.
static void clear_pixels(float *to, ptrdiff_t panel, int panels, ptrdiff_t count) {
  for (int p = 0; p < panels; p++) {
    memset(to + p * panel, 0, (size_t)(count * PANEL) * sizeof(float));
  }
}

/// Copies lines of a map into panels, with `pad` zero pixels at both ends; lines outside are zeros.
static void copy_panels(
    float *to, ptrdiff_t panel, const yolos_map *map, int image, int first, int end, int pad) {
  ptrdiff_t width = map->w + 2 * pad;
  int panels = panels_of(map->c);
  for (int row = first; row < end; row++, to += width * PANEL) {
    if (row < 0 || row >= map->h) {
      clear_pixels(to, panel, panels, width);
      continue;
    }
    const float *from = map->base + ((ptrdiff_t)image * map->h + row) * map->w * map->pixel;
    clear_pixels(to, panel, panels, pad);
    for (int x = 0; x < map->w; x++) {
      copy_pixel(to + (pad + x) * PANEL, panel, from + x * map->pixel, map->c);
    }
    clear_pixels(to + (pad + map->w) * PANEL, panel, panels, pad);
  }
}

/// All taps of some lines of a block. The sums are [ky][kx][i][o], o filled up to panels.
static void gradient_of_lines(
    const yolos_weight_pass *pass, const yolos_block *block, int first, int lines, float *sums) {
  int kernel = pass->kernel, inputs = pass->x.c, thin = is_thin(inputs);
  int panels = panels_of(pass->dz.c);
  ptrdiff_t pixel = thin ? inputs : PANEL, pitch = (ptrdiff_t)panels * PANEL;
  for (int out = 0; out < panels; out += ACROSS) {
    int across = min_of(ACROSS, panels - out);
    yolos_lines dz = {
        block->dz + out * block->dz_panel + first * block->dz_line, block->dz_line, PANEL};
    for (int in = 0; in < (thin ? 1 : panels_of(inputs)); in++) {
      for (int ky = 0; ky < kernel; ky++) {
        yolos_lines x = {
            block->x + in * block->x_panel + (first * pass->stride + ky) * block->x_line,
            pass->stride * block->x_line, pass->stride * pixel};
        float *to = sums + ((ptrdiff_t)ky * kernel * inputs + in * PANEL) * pitch + out * PANEL;
        if (thin) {
          outer_product(
              kernel * inputs, across, lines, pass->dz.w, x, &dz, block->dz_panel, to, pitch);
          continue;
        }
        for (int kx = 0; kx < kernel; kx++, x.base += PANEL, to += inputs * pitch) {
          outer_product(
              min_of(PANEL, inputs - in * PANEL), across, lines, pass->dz.w, x, &dz,
              block->dz_panel, to, pitch);
        }
      }
    }
  }
}

void YOLOS(weight_gradient)(const yolos_weight_pass *pass, int group, float *scratch) {
  const yolos_map *x = &pass->x, *dz = &pass->dz;
  int pad = pass->kernel / 2, per_image = pass->blocks / dz->n, thin = is_thin(x->c);
  float *sums = pass->sums + (size_t)group * pass->sum_count;
  memset(sums, 0, pass->sum_count * sizeof(float));
  int end = (int)part_start(pass->blocks, pass->groups, group + 1);
  for (int index = (int)part_start(pass->blocks, pass->groups, group); index < end; index++) {
    int image = index / per_image, first = index % per_image * pass->block;
    int rows = min_of(dz->h - first, pass->block);
    int top = first * pass->stride - pad, height = (rows - 1) * pass->stride + pass->kernel;
    yolos_block block = {
        .x_line = (ptrdiff_t)(x->w + 2 * pad) * (thin ? x->c : PANEL),
        .dz_line = (ptrdiff_t)dz->w * PANEL};
    // Whole cache lines, and one more than the panel needs: else panels would fall on each other in
    // the cache.
    block.x_panel = (parts_of(height * block.x_line, PANEL) + 1) * PANEL;
    block.dz_panel = rows * block.dz_line + PANEL;
    float *x_copy = scratch, *dz_copy = scratch + (thin ? 1 : panels_of(x->c)) * block.x_panel;
    if (thin) {
      copy_rows(x_copy, x, image, top, top + height, pad, pad);
    } else {
      copy_panels(x_copy, block.x_panel, x, image, top, top + height, pad);
    }
    copy_panels(dz_copy, block.dz_panel, dz, image, first, first + rows, 0);
    block.x = x_copy;
    block.dz = dz_copy;
    // Some 160 pixels at a time: their two panels stay in the first-level cache.
    int lines = max_of(1, 160 / dz->w);
    for (int line = 0; line < rows; line += lines) {
      gradient_of_lines(pass, &block, line, min_of(lines, rows - line), sums);
    }
  }
}

void YOLOS(weight_gradient_sum)(const yolos_weight_pass *pass, int panel) {
  int taps = pass->kernel * pass->kernel, inputs = pass->x.c, outputs = pass->dz.c;
  int end = min_of(inputs, (panel + 1) * PANEL);
  ptrdiff_t pitch = (ptrdiff_t)panels_of(outputs) * PANEL, row = (ptrdiff_t)inputs * taps;
  for (int o = 0; o < outputs; o += LANES) {
    float *to = pass->dw + o * row + (ptrdiff_t)panel * PANEL * taps;
    for (int input = panel * PANEL; input < end; input++) {
      for (int tap = 0; tap < taps; tap++, to++) {
        const float *from = pass->sums + ((ptrdiff_t)tap * inputs + input) * pitch + o;
        vec sum = vload(from);
        for (int group = 1; group < pass->groups; group++) {
          sum += vload(from + group * pass->sum_count);
        }
        scatter_taps(&sum, 1, to, row, min_of(LANES, outputs - o));
      }
    }
  }
}
