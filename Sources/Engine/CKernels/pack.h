// Weights in the order in which the kernels read them: panels of 16 output channels.

/// Copies tap (ky, kx) of one panel: [channel in][16 channels out]. `turned` exchanges the roles of
/// inputs and outputs.
static void pack_tap(
    const yolos_packing *p, int turned, int panel, int ky, int kx, float *to) {
  int taps = p->kernel * p->kernel, tap = ky * p->kernel + kx;
  int channels = turned ? p->outputs : p->inputs, others = turned ? p->inputs : p->outputs;
  // Floats from one channel in, or one channel out, to the next.
  ptrdiff_t in = turned ? (ptrdiff_t)p->inputs * taps : taps;
  ptrdiff_t out = turned ? taps : (ptrdiff_t)p->inputs * taps;
  int lanes = min_of(PANEL, others - panel * PANEL);
  const float *from = p->weights + panel * PANEL * out + tap;
  for (int c = 0; c < channels; c++, to += PANEL) {
    for (int lane = 0; lane < PANEL; lane++) {
      to[lane] = lane < lanes ? from[c * in + lane * out] : 0.f;
    }
  }
}

void YOLOS(pack_direct)(const yolos_packing *p, int panel) {
  ptrdiff_t tap = (ptrdiff_t)p->inputs * PANEL;
  float *to = p->packed + panel * p->kernel * p->kernel * tap;
  for (int ky = 0; ky < p->kernel; ky++) {
    for (int kx = 0; kx < p->kernel; kx++, to += tap) pack_tap(p, 0, panel, ky, kx, to);
  }
}

void YOLOS(pack_turned)(const yolos_packing *p, int panel) {
  ptrdiff_t tap = (ptrdiff_t)p->outputs * PANEL;
  float *to = p->packed + panel * p->kernel * p->kernel * tap;
  for (int ky = p->kernel - 1; ky >= 0; ky--) {
    for (int kx = p->kernel - 1; kx >= 0; kx--, to += tap) pack_tap(p, 1, panel, ky, kx, to);
  }
}

void YOLOS(pack_spread)(const yolos_packing *p, int panel) {
  ptrdiff_t tap = (ptrdiff_t)p->outputs * PANEL;
  int pad = p->kernel / 2;
  float *to = p->packed + panel * p->kernel * p->kernel * tap;
  for (int phase = 0; phase < 4; phase++) {
    int odd_row = phase >> 1, odd_column = phase & 1;
    yolos_reach down = reach_of(odd_row, p->kernel), across = reach_of(odd_column, p->kernel);
    for (int y = down.first; y < down.end; y++) {
      for (int x = across.first; x < across.end; x++, to += tap) {
        pack_tap(p, 1, panel, odd_row + pad - 2 * y, odd_column + pad - 2 * x, to);
      }
    }
  }
}

/// U = G g G' for 16 channels out at once, with `points` points an axis.
INLINE void transform_weights(const int points, const yolos_packing *p, int turned, int panel) {
  int channels = turned ? p->outputs : p->inputs, others = turned ? p->inputs : p->outputs;
  ptrdiff_t in = turned ? (ptrdiff_t)p->inputs * 9 : 9, out = turned ? 9 : (ptrdiff_t)p->inputs * 9;
  int lanes = min_of(PANEL, others - panel * PANEL), positions = points * points;
  float *to = p->packed + (ptrdiff_t)panel * positions * channels * PANEL;
  float window[9][PANEL] = {{0}};
  for (int c = 0; c < channels; c++) {
    const float *from = p->weights + panel * PANEL * out + c * in;
    for (int lane = 0; lane < lanes; lane++) {
      for (int tap = 0; tap < 9; tap++) window[tap][lane] = from[lane * out + tap];
    }
    transform_window(
        points, turned ? window[8] : window[0], turned ? -PANEL : PANEL, to + (ptrdiff_t)c * PANEL,
        (ptrdiff_t)channels * PANEL);
  }
}

void YOLOS(pack_winograd)(const yolos_packing *p, int panel) { transform_weights(6, p, 0, panel); }
void YOLOS(pack_winograd_turned)(const yolos_packing *p, int panel) {
  transform_weights(6, p, 1, panel);
}
void YOLOS(pack_winograd_halving)(const yolos_packing *p, int panel) {
  transform_weights(9, p, 0, panel);
}
