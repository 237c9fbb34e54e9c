// The two fonts of figures, as files in the program's memory.
#ifndef CFIGUREFONTS_H
#define CFIGUREFONTS_H

#include <stddef.h>

extern const unsigned char vgglab_sans_regular_start, vgglab_sans_regular_end;
extern const unsigned char vgglab_sans_bold_start, vgglab_sans_bold_end;

// A file in memory with the regular or the bold font, and its descriptor; -1 where the system gives none.
int figure_font_descriptor(int bold);

#endif
