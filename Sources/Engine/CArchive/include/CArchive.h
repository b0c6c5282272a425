// libzip as checkpoints are read with it, opened when the first archive is read: Debian 12 and 13 have it
// under different names, and a program that is linked with one of them starts on no other.
#pragma once

#include <stddef.h>
#include <stdint.h>

// An archive in memory, and one of its entries while it is unpacked.
typedef struct yolos_archive yolos_archive;
typedef struct yolos_entry yolos_entry;

// Opens an archive in bytes that outlive it. Null where that fails: `reason` says why, for as long as
// nothing else is opened on this thread, and `is_cut` whether the directory at the end is missing.
yolos_archive *_Nullable yolos_archive_open(
    const void *_Nullable bytes, size_t count, const char *_Nullable *_Nonnull reason,
    int *_Nonnull is_cut);
void yolos_archive_close(yolos_archive *_Nonnull archive);

// How many entries there are, and the name of one: null where it has none; the archive owns it.
int64_t yolos_archive_count(yolos_archive *_Nonnull archive);
const char *_Nullable yolos_archive_name(yolos_archive *_Nonnull archive, int64_t index);
// The number of an entry, or -1.
int64_t yolos_archive_find(yolos_archive *_Nonnull archive, const char *_Nonnull name);
// The unpacked bytes of an entry, or -1 where the archive does not say.
int64_t yolos_archive_size(yolos_archive *_Nonnull archive, int64_t index);

// Begins to unpack an entry; null where that fails.
yolos_entry *_Nullable yolos_entry_open(yolos_archive *_Nonnull archive, int64_t index);
// Unpacks the next bytes: how many, 0 at the end, -1 where they are damaged.
int64_t yolos_entry_read(yolos_entry *_Nonnull entry, void *_Nonnull bytes, size_t count);
void yolos_entry_close(yolos_entry *_Nonnull entry);

// What went wrong last; the archive or the entry owns the text.
const char *_Nonnull yolos_archive_reason(yolos_archive *_Nonnull archive);
const char *_Nonnull yolos_entry_reason(yolos_entry *_Nonnull entry);
