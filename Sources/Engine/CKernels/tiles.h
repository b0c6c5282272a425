// The sizes of a register tile, as a list for the preprocessor: F(1, x) F(2, x) ... up to TILE
// pixels.

#if TILE == 6
#define FOR_TILES(F, x) F(1, x) F(2, x) F(3, x) F(4, x) F(5, x) F(6, x)
#define LIST_TILES(F, x) F(1, x), F(2, x), F(3, x), F(4, x), F(5, x), F(6, x)
#elif TILE == 12
#define FOR_TILES(F, x)                                                                       \
  F(1, x) F(2, x) F(3, x) F(4, x) F(5, x) F(6, x) F(7, x) F(8, x) F(9, x) F(10, x) F(11, x)   \
  F(12, x)
#define LIST_TILES(F, x)                                                                      \
  F(1, x), F(2, x), F(3, x), F(4, x), F(5, x), F(6, x), F(7, x), F(8, x), F(9, x), F(10, x),  \
  F(11, x), F(12, x)
#endif
