/* A disk that hangs: whoever looks at, opens, makes or writes a file whose path holds HANG_ON waits as long as the file HANG_GATE is there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static void wait_at(const char *path) {
    const char *gate = getenv("HANG_GATE"), *on = getenv("HANG_ON");
    if (path && gate && on && strstr(path, on))
        while (access(gate, F_OK) == 0)
            usleep(10000);
}

int statx(int folder, const char *path, int flags, unsigned mask, struct statx *out) {
    wait_at(path);
    return syscall(SYS_statx, folder, path, flags, mask, out);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    wait_at(path);
    return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int mkdir(const char *path, mode_t mode) {
    wait_at(path);
    return syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

ssize_t write(int file, const void *bytes, size_t count) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) {
        path[length] = 0;
        wait_at(path);
    }
    return syscall(SYS_write, file, bytes, count);
}
