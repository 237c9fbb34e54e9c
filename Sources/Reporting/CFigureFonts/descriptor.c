#define _GNU_SOURCE
#include "CFigureFonts.h"
#include <sys/mman.h>
#include <unistd.h>

int figure_font_descriptor(int bold) {
  const unsigned char *start = bold ? &vgglab_sans_bold_start : &vgglab_sans_regular_start;
  const unsigned char *end = bold ? &vgglab_sans_bold_end : &vgglab_sans_regular_end;
  int descriptor = memfd_create("vgglab-sans", MFD_CLOEXEC);
  if (descriptor < 0) return -1;
  while (start < end) {
    ssize_t written = write(descriptor, start, (size_t)(end - start));
    if (written <= 0) {
      close(descriptor);
      return -1;
    }
    start += written;
  }
  return descriptor;
}
