// Records every call by which a process changes files below one folder, in the order in which they took effect, with
// their data. Loaded by LD_PRELOAD; read by read-recording.ts.
//
//   HOLDFAST_RECORD_ROOT   the folder (absolute, without a link in it)
//   HOLDFAST_RECORD_LOG    where the records go; outside of the folder
//   HOLDFAST_RECORD_MARKS  a file; what is written to it becomes marks between the records
//   HOLDFAST_RECORD_SYNC   microseconds that an fsync takes at most, so that others get in between as on a real disk
//
// A mutex holds each change and its record together. An fsync is two records, its begin and its end, and the mutex is free
// in between: what was written before the begin is durable at the end.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { OPEN = 1, CLOSE, WRITE, TRUNCATE, SYNC_BEGIN, SYNC_END, RENAME, UNLINK, MAKE_FOLDER, REMOVE_FOLDER, LINK, MARK, UNMODELLED };
enum { NOT_OURS = 0, OURS = 1, MARKS = 2 };

struct header {
  uint32_t length;
  uint32_t kind;
  uint64_t nanoseconds;
  int32_t descriptor;
  uint32_t flags;
  uint64_t position;
  uint32_t first;
  uint32_t second;
};

#define MOST_DESCRIPTORS 65536
static unsigned char descriptors[MOST_DESCRIPTORS];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int log_descriptor = -1;
static char root[PATH_MAX], marks[PATH_MAX];
static size_t root_length;
static unsigned sync_micros;
static uint64_t sync_count;
static unsigned random_state = 1;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) {
  void *symbol = dlsym(RTLD_NEXT, name);
  if (symbol == NULL) abort();
  return symbol;
}

// Resolved once: dlsym takes locks and allocates.
static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static long (*real_syscall)(long, ...);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_mkdir)(const char *, mode_t);
static int (*real_rmdir)(const char *);
static int (*real_link)(const char *, const char *);
static void *(*real_mmap)(void *, size_t, int, int, int, off_t);

__attribute__((constructor)) static void begin(void) {
  real_open = REAL(open);
  real_openat = REAL(openat);
  real_close = REAL(close);
  real_syscall = REAL(syscall);
  real_write = REAL(write);
  real_writev = REAL(writev);
  real_pwrite = REAL(pwrite);
  real_pwritev = REAL(pwritev);
  real_ftruncate = REAL(ftruncate);
  real_fsync = REAL(fsync);
  real_fdatasync = REAL(fdatasync);
  real_rename = REAL(rename);
  real_unlink = REAL(unlink);
  real_mkdir = REAL(mkdir);
  real_rmdir = REAL(rmdir);
  real_link = REAL(link);
  real_mmap = REAL(mmap);
  const char *folder = getenv("HOLDFAST_RECORD_ROOT"), *path = getenv("HOLDFAST_RECORD_LOG");
  if (folder == NULL || path == NULL) return;
  root_length = strlen(folder);
  snprintf(root, sizeof root, "%s", folder);
  snprintf(marks, sizeof marks, "%s", getenv("HOLDFAST_RECORD_MARKS") ? getenv("HOLDFAST_RECORD_MARKS") : "");
  if (getenv("HOLDFAST_RECORD_SYNC")) sync_micros = (unsigned)atoi(getenv("HOLDFAST_RECORD_SYNC"));
  log_descriptor = real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_descriptor < 0) abort();
  unsetenv("LD_PRELOAD"); // children are not recorded
}

// Recorded data must never have a gap: a recorder that cannot write ends the process.
static void emit(uint32_t kind, int descriptor, uint32_t flags, uint64_t position, const struct iovec *parts, int count,
                 size_t first, size_t second) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  struct header head = {.length = (uint32_t)(sizeof head + first + second),
                        .kind = kind,
                        .nanoseconds = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec,
                        .descriptor = descriptor,
                        .flags = flags,
                        .position = position,
                        .first = (uint32_t)first,
                        .second = (uint32_t)second};
  if (real_write(log_descriptor, &head, sizeof head) != sizeof head) abort();
  size_t left = first + second;
  for (int i = 0; i < count && left > 0; i++) {
    size_t length = parts[i].iov_len < left ? parts[i].iov_len : left, done = 0;
    while (done < length) {
      ssize_t written = real_write(log_descriptor, (char *)parts[i].iov_base + done, length - done);
      if (written <= 0) abort();
      done += (size_t)written;
    }
    left -= length;
  }
}

static void emit_paths(uint32_t kind, int descriptor, uint32_t flags, const char *one, const char *two) {
  struct iovec parts[2] = {{(void *)one, strlen(one)}, {(void *)two, strlen(two)}};
  emit(kind, descriptor, flags, 0, parts, 2, parts[0].iov_len, parts[1].iov_len);
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

// Where the path lies within the folder; NULL when it is elsewhere. SQLite's -shm is rebuilt at every first opening.
static const char *inside(const char *path) {
  if (log_descriptor < 0 || path == NULL || strncmp(path, root, root_length) != 0) return NULL;
  if (path[root_length] != '/' && path[root_length] != 0) return NULL;
  if (ends_with(path, "-shm")) return NULL;
  return path[root_length] == 0 ? "" : path + root_length + 1;
}

static int state_of(int descriptor) {
  return descriptor >= 0 && descriptor < MOST_DESCRIPTORS ? descriptors[descriptor] : NOT_OURS;
}

static void lock(void) { pthread_mutex_lock(&mutex); }
static void unlock(void) {
  int kept = errno;
  pthread_mutex_unlock(&mutex);
  errno = kept;
}

static void opened(int descriptor, const char *path, int flags) {
  if (descriptor < 0 || log_descriptor < 0) return;
  if (descriptor >= MOST_DESCRIPTORS) abort();
  const char *name = inside(path);
  descriptors[descriptor] = NOT_OURS;
  if (marks[0] != 0 && strcmp(path, marks) == 0) descriptors[descriptor] = MARKS;
  if (name == NULL) return;
  descriptors[descriptor] = OURS;
  emit_paths(OPEN, descriptor, (flags & O_TRUNC ? 1u : 0) | (flags & O_CREAT ? 2u : 0), name, "");
}

#define OPENED(call)                                     \
  mode_t mode = 0;                                       \
  if (flags & (O_CREAT | O_TMPFILE)) {                   \
    va_list arguments;                                   \
    va_start(arguments, flags);                          \
    mode = va_arg(arguments, mode_t);                    \
    va_end(arguments);                                   \
  }                                                      \
  lock();                                                \
  int descriptor = (call);                               \
  int kept = errno;                                      \
  opened(descriptor, path, flags);                       \
  errno = kept;                                          \
  unlock();                                              \
  return descriptor

int open(const char *path, int flags, ...) { OPENED(real_open(path, flags, mode)); }
int open64(const char *path, int flags, ...) { OPENED(real_open(path, flags | O_LARGEFILE, mode)); }
int openat(int folder, const char *path, int flags, ...) { OPENED(real_openat(folder, path, flags, mode)); }
int openat64(int folder, const char *path, int flags, ...) { OPENED(real_openat(folder, path, flags | O_LARGEFILE, mode)); }

int close(int descriptor) {
  if (state_of(descriptor) == NOT_OURS) return real_close(descriptor);
  lock();
  if (state_of(descriptor) == OURS) emit(CLOSE, descriptor, 0, 0, NULL, 0, 0, 0);
  descriptors[descriptor] = NOT_OURS;
  int result = real_close(descriptor);
  unlock();
  return result;
}

// libuv closes files by syscall(SYS_close).
long syscall(long number, ...) {
  long given[6];
  va_list arguments;
  va_start(arguments, number);
  for (int i = 0; i < 6; i++) given[i] = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_close && log_descriptor >= 0) return close((int)given[0]);
  return real_syscall(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}

static void wrote(int descriptor, const struct iovec *parts, int count, ssize_t written, off_t position) {
  if (written <= 0) return;
  int kept = errno;
  int mark = state_of(descriptor) == MARKS;
  uint64_t from = mark ? 0 : position >= 0 ? (uint64_t)position : (uint64_t)(lseek(descriptor, 0, SEEK_CUR) - written);
  emit(mark ? MARK : WRITE, descriptor, 0, from, parts, count, (size_t)written, 0);
  errno = kept;
}

#define WRITTEN(call, parts, count, position)            \
  if (state_of(descriptor) == NOT_OURS) return (call);   \
  lock();                                                \
  ssize_t written = (call);                              \
  wrote(descriptor, parts, count, written, position);    \
  unlock();                                              \
  return written

ssize_t write(int descriptor, const void *bytes, size_t length) {
  struct iovec part = {(void *)bytes, length};
  WRITTEN(real_write(descriptor, bytes, length), &part, 1, -1);
}
ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  WRITTEN(real_writev(descriptor, parts, count), parts, count, -1);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t position) {
  struct iovec part = {(void *)bytes, length};
  WRITTEN(real_pwrite(descriptor, bytes, length, position), &part, 1, position);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off_t position) {
  return pwrite(descriptor, bytes, length, position);
}
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t position) {
  WRITTEN(real_pwritev(descriptor, parts, count, position), parts, count, position);
}
ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off_t position) {
  return pwritev(descriptor, parts, count, position);
}

int ftruncate(int descriptor, off_t length) {
  if (state_of(descriptor) != OURS) return real_ftruncate(descriptor, length);
  lock();
  int result = real_ftruncate(descriptor, length);
  if (result == 0) emit(TRUNCATE, descriptor, 0, (uint64_t)length, NULL, 0, 0, 0);
  unlock();
  return result;
}
int ftruncate64(int descriptor, off_t length) { return ftruncate(descriptor, length); }

static int synced(int descriptor, int (*call)(int)) {
  if (state_of(descriptor) != OURS) return call(descriptor);
  lock();
  uint64_t number = ++sync_count;
  emit(SYNC_BEGIN, descriptor, 0, number, NULL, 0, 0, 0);
  unsigned wait = sync_micros ? (unsigned)rand_r(&random_state) % sync_micros : 0;
  unlock();
  if (wait) usleep(wait);
  int result = call(descriptor);
  lock();
  emit(SYNC_END, descriptor, result == 0, number, NULL, 0, 0, 0);
  unlock();
  return result;
}
int fsync(int descriptor) { return synced(descriptor, real_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, real_fdatasync); }

static int renamed(uint32_t kind, const char *from, const char *to, int (*call)(const char *, const char *)) {
  const char *one = inside(from), *two = inside(to);
  if (one == NULL && two == NULL) return call(from, to);
  lock();
  int result = call(from, to);
  if (result == 0) emit_paths(one && two ? kind : UNMODELLED, -1, 0, one ? one : from, two ? two : to);
  unlock();
  return result;
}
int rename(const char *from, const char *to) { return renamed(RENAME, from, to, real_rename); }
int link(const char *from, const char *to) { return renamed(LINK, from, to, real_link); }

#define NAMED(kind, call)                             \
  const char *name = inside(path);                    \
  if (name == NULL) return (call);                    \
  lock();                                             \
  int result = (call);                                \
  if (result == 0) emit_paths(kind, -1, 0, name, ""); \
  unlock();                                           \
  return result

int unlink(const char *path) { NAMED(UNLINK, real_unlink(path)); }
int mkdir(const char *path, mode_t mode) { NAMED(MAKE_FOLDER, real_mkdir(path, mode)); }
int rmdir(const char *path) { NAMED(REMOVE_FOLDER, real_rmdir(path)); }

// What the replayer has no model of: recorded as such, so that the reading fails instead of telling half the story.
static void unmodelled(const char *name) {
  lock();
  emit_paths(UNMODELLED, -1, 0, name, "");
  unlock();
}

#define REFUSED(name, type, parameters, arguments, test)        \
  type name parameters {                                        \
    if (log_descriptor >= 0 && (test)) unmodelled(#name);       \
    return ((type(*) parameters)real(#name)) arguments;         \
  }

REFUSED(truncate, int, (const char *path, off_t length), (path, length), inside(path) != NULL)
REFUSED(truncate64, int, (const char *path, off_t length), (path, length), inside(path) != NULL)
REFUSED(fallocate, int, (int d, int mode, off_t at, off_t length), (d, mode, at, length), state_of(d) == OURS)
REFUSED(fallocate64, int, (int d, int mode, off_t at, off_t length), (d, mode, at, length), state_of(d) == OURS)
REFUSED(posix_fallocate, int, (int d, off_t at, off_t length), (d, at, length), state_of(d) == OURS)
REFUSED(posix_fallocate64, int, (int d, off_t at, off_t length), (d, at, length), state_of(d) == OURS)
REFUSED(pwritev2, ssize_t, (int d, const struct iovec *p, int n, off_t at, int f), (d, p, n, at, f), state_of(d) == OURS)
REFUSED(sendfile64, ssize_t, (int to, int from, off_t *at, size_t n), (to, from, at, n), state_of(to) == OURS)
REFUSED(copy_file_range, ssize_t, (int a, off_t *x, int b, off_t *y, size_t n, unsigned f), (a, x, b, y, n, f), state_of(b) == OURS)
REFUSED(renameat, int, (int a, const char *from, int b, const char *to), (a, from, b, to), inside(from) || inside(to))
REFUSED(unlinkat, int, (int a, const char *path, int flags), (a, path, flags), inside(path) != NULL)
REFUSED(symlink, int, (const char *to, const char *path), (to, path), inside(path) != NULL)
REFUSED(dup, int, (int d), (d), state_of(d) == OURS)
REFUSED(dup2, int, (int d, int to), (d, to), state_of(d) == OURS)

void *mmap(void *at, size_t length, int protection, int flags, int descriptor, off_t position) {
  if (state_of(descriptor) == OURS && (flags & MAP_SHARED) && (protection & PROT_WRITE)) unmodelled("mmap");
  return real_mmap(at, length, protection, flags, descriptor, position);
}
void *mmap64(void *at, size_t length, int protection, int flags, int descriptor, off_t position) {
  return mmap(at, length, protection, flags, descriptor, position);
}
