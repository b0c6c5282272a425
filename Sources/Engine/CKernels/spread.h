// The data gradient of stride 2: dx(v) = sum over the windows that saw v.
//
// The pixels of dx fall into four phases by whether row and column are even or odd. Within a phase
// all pixels are reached by the same taps of the window, at the same distances in dz: each phase is
// a small convolution of stride 1 over dz, whose outputs lie two pixels apart.

/// The taps of one axis for even (0) or odd (1) positions: position 2i + phase receives dz(i + d)
/// through tap phase + pad - 2d, for d from `first` up to `end`.
typedef struct {
  int first, end;
} yolos_reach;

static yolos_reach reach_of(int phase, int kernel) {
  int pad = kernel / 2, lowest = phase + pad - (kernel - 1);
  // Halves rounded up and down; `lowest` may be negative.
  int first = lowest >= 0 ? (lowest + 1) / 2 : -(-lowest / 2);
  return (yolos_reach){first, (phase + pad) / 2 + 1};
}

/// One phase of one row of dx, for the panels of one tile.
static void spread_row(
    const yolos_pass *pass, const float *line, ptrdiff_t step, yolos_reach across, int rows_reached,
    int left, const yolos_panels *weights, int registers, yolos_target to, int columns) {
  yolos_runs runs = {rows_reached, step, (ptrdiff_t)(across.end - across.first) * pass->x.c};
  float *y = to.y;
  const float *residual = to.residual;
  if (columns == 0) return;
  yolos_tiling tiling = tiling_of(columns);
  for (int tile = 0, start = 0; tile < tiling.tiles; tile++) {
    int count = size_of_tile(&tiling, tile);
    const float *a[TILE];
    for (int i = 0; i < count; i++) {
      a[i] = line + (ptrdiff_t)(start + i + across.first + left) * pass->x.c;
    }
    to.y = y + start * to.pitch;
    if (residual) to.residual = residual + start * to.residual_pitch;
    tile_of[registers][count](a, &runs, weights, &to);
    start += count;
  }
}

void YOLOS(spread)(const yolos_pass *pass, int task, float *scratch) {
  const yolos_map *dz = &pass->x, *dx = &pass->y;
  int kernel = pass->kernel, block = task / pass->groups, group = task % pass->groups;
  int per_image = pass->blocks / dx->n, image = block / per_image;
  int first = block % per_image * pass->block, end = min_of(dz->h, first + pass->block);
  // How far any phase reaches beyond its own row or column of dz.
  int before = -reach_of(0, kernel).first, after = reach_of(1, kernel).end - 1;
  copy_rows(scratch, dz, image, first - before, end + after, before, after);
  ptrdiff_t step = (ptrdiff_t)(before + dz->w + after) * dz->c;
  int panels = panels_of(dx->c), last = (int)part_start(panels, pass->groups, group + 1);
  for (int panel = (int)part_start(panels, pass->groups, group); panel < last; panel += ACROSS) {
    int count = min_of(ACROSS, last - panel);
    ptrdiff_t size = (ptrdiff_t)kernel * kernel * dz->c * PANEL;
    yolos_panels weights = {pass->weights + panel * size, size};
    for (int phase = 0; phase < 4; phase++) {
      int odd_row = phase >> 1, odd_column = phase & 1;
      yolos_reach down = reach_of(odd_row, kernel), across = reach_of(odd_column, kernel);
      int rows_reached = down.end - down.first;
      for (int i = first; i < end && 2 * i + odd_row < dx->h; i++) {
        ptrdiff_t pixel = ((ptrdiff_t)image * dx->h + 2 * i + odd_row) * dx->w + odd_column;
        yolos_target to = {
            .y = dx->base + pixel * dx->pixel + panel * PANEL, .pitch = 2 * dx->pixel,
            .residual =
                pass->residual ? pass->residual + pixel * pass->residual_pixel + panel * PANEL : 0,
            .residual_pitch = 2 * pass->residual_pixel,
            .lanes = min_of(count * PANEL, dx->c - panel * PANEL)};
        spread_row(
            pass, scratch + (i - first + before + down.first) * step, step, across, rows_reached,
            before, &weights, count * REGISTERS, to, (dx->w - odd_column + 1) / 2);
      }
      weights.base += (ptrdiff_t)rows_reached * (across.end - across.first) * dz->c * PANEL;
    }
  }
}
