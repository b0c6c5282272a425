#include "CArchive.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <zip.h>

// Each function that is used, of the type its header gives it.
#define FUNCTIONS(use)                                                                             \
  use(zip_source_buffer_create) use(zip_source_free) use(zip_open_from_source) use(zip_discard)    \
      use(zip_get_num_entries) use(zip_get_name) use(zip_name_locate) use(zip_stat_init)           \
          use(zip_stat_index) use(zip_fopen_index) use(zip_fread) use(zip_fclose)                  \
              use(zip_file_strerror) use(zip_strerror) use(zip_error_init)                         \
                  use(zip_error_strerror) use(zip_error_code_zip) use(zip_error_fini)

#define DECLARE(name) __typeof__(&name) name##_;
static struct {
  FUNCTIONS(DECLARE)
} library;
static char missing[300];

// Debian 13's name first, then that of Debian 12; what is used of them has the same form in both.
static const char *const names[] = {"libzip.so.5", "libzip.so.4"};

static void load(void) {
  void *opened = 0;
  for (size_t i = 0; !opened && i < sizeof names / sizeof *names; i++)
    opened = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!opened) {
    const char *install = "install it: apt install libzip4, or libzip5 on Debian 13";
    snprintf(missing, sizeof missing, "libzip is missing; %s", install);
    return;
  }
#define FIND(name)                                                                                 \
  library.name##_ = (__typeof__(&name))dlsym(opened, #name);                                       \
  if (!library.name##_) snprintf(missing, sizeof missing, "libzip has no %s", #name);
  FUNCTIONS(FIND)
}

yolos_archive *yolos_archive_open(
    const void *bytes, size_t count, const char **reason, int *is_cut) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  static _Thread_local char words[300];
  pthread_once(&once, load);
  *is_cut = 0;
  *reason = missing;
  if (missing[0]) return 0;
  zip_error_t error;
  library.zip_error_init_(&error);
  zip_source_t *source = library.zip_source_buffer_create_(bytes, count, 0, &error);
  zip_t *archive = source ? library.zip_open_from_source_(source, ZIP_RDONLY, &error) : 0;
  if (!archive) {
    // Whoever asks has seen the first bytes of an archive: what libzip misses is its end.
    *is_cut = library.zip_error_code_zip_(&error) == ZIP_ER_NOZIP;
    snprintf(words, sizeof words, "%s", library.zip_error_strerror_(&error));
    *reason = words;
    library.zip_source_free_(source);
  }
  library.zip_error_fini_(&error);
  return (yolos_archive *)archive;
}

void yolos_archive_close(yolos_archive *archive) { library.zip_discard_((zip_t *)archive); }

int64_t yolos_archive_count(yolos_archive *archive) {
  return library.zip_get_num_entries_((zip_t *)archive, 0);
}

const char *yolos_archive_name(yolos_archive *archive, int64_t index) {
  return library.zip_get_name_((zip_t *)archive, (zip_uint64_t)index, 0);
}

int64_t yolos_archive_find(yolos_archive *archive, const char *name) {
  return library.zip_name_locate_((zip_t *)archive, name, 0);
}

int64_t yolos_archive_size(yolos_archive *archive, int64_t index) {
  zip_stat_t status;
  library.zip_stat_init_(&status);
  if (library.zip_stat_index_((zip_t *)archive, (zip_uint64_t)index, 0, &status) != 0) return -1;
  return status.valid & ZIP_STAT_SIZE && status.size <= INT64_MAX ? (int64_t)status.size : -1;
}

yolos_entry *yolos_entry_open(yolos_archive *archive, int64_t index) {
  return (yolos_entry *)library.zip_fopen_index_((zip_t *)archive, (zip_uint64_t)index, 0);
}

int64_t yolos_entry_read(yolos_entry *entry, void *bytes, size_t count) {
  return library.zip_fread_((zip_file_t *)entry, bytes, count);
}

void yolos_entry_close(yolos_entry *entry) { library.zip_fclose_((zip_file_t *)entry); }

const char *yolos_archive_reason(yolos_archive *archive) {
  return library.zip_strerror_((zip_t *)archive);
}

const char *yolos_entry_reason(yolos_entry *entry) {
  return library.zip_file_strerror_((zip_file_t *)entry);
}
