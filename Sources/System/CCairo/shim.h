#include <cairo/cairo.h>
#include <cairo/cairo-svg.h>

// cairo-ft.h needs FreeType's headers, which Debian keeps in a folder that no module map can name.
// These eight declarations of the stable interface are all that charts use of both.
typedef struct FT_LibraryRec_ *FT_Library;
typedef struct FT_FaceRec_ *FT_Face;
int FT_Init_FreeType(FT_Library *library);
int FT_Done_FreeType(FT_Library library);
void FT_Library_Version(FT_Library library, int *major, int *minor, int *patch);
unsigned long FT_Get_First_Char(FT_Face face, unsigned int *glyph);
unsigned long FT_Get_Next_Char(FT_Face face, unsigned long letter, unsigned int *glyph);
int FT_New_Face(FT_Library library, const char *path, long face_index, FT_Face *face);
cairo_font_face_t *cairo_ft_font_face_create_for_ft_face(FT_Face face, int load_flags);
