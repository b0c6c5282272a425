// Rows of an image copied next to each other with their padding, so that the windows of all output
// pixels are the same runs of memory and no kernel asks about borders.

/// Copies `count` pixels of `channels` floats that lie `pixel` floats apart.
static void copy_pixels(
    float *to, const float *from, ptrdiff_t pixel, int channels, ptrdiff_t count) {
  if (pixel == channels) {
    memcpy(to, from, (size_t)(count * channels) * sizeof(float));
    return;
  }
  for (ptrdiff_t i = 0; i < count; i++, to += channels, from += pixel) {
    int c = 0;
    for (; c + LANES <= channels; c += LANES) vstore(to + c, vload(from + c));
    for (; c < channels; c++) to[c] = from[c];
  }
}

/// Copies the rows `first` up to `end` of an image, with `left` and `right` pixels of zeros around
/// each; rows outside the image are zeros. A row takes (left + w + right) * c floats.
static void copy_rows(
    float *to, const yolos_map *map, int image, int first, int end, int left, int right) {
  ptrdiff_t c = map->c, line = (left + map->w + right) * c;
  for (int row = first; row < end; row++, to += line) {
    if (row < 0 || row >= map->h) {
      memset(to, 0, (size_t)line * sizeof(float));
      continue;
    }
    const float *from = map->base + ((ptrdiff_t)image * map->h + row) * map->w * map->pixel;
    memset(to, 0, (size_t)(left * c) * sizeof(float));
    copy_pixels(to + left * c, from, map->pixel, map->c, map->w);
    memset(to + (left + map->w) * c, 0, (size_t)(right * c) * sizeof(float));
  }
}
