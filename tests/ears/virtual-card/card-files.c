// The folder of one virtual card. Everything is written with one call each, so a killed process leaves whole lines.
#define _GNU_SOURCE
#include "card-files.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>

int card_settings(snd_config_t *conf, card_settings_t *settings) {
  const char *zero_ns = NULL;
  *settings = (card_settings_t){ 0 };
  snd_config_iterator_t i, next;
  snd_config_for_each(i, next, conf) {
    snd_config_t *entry = snd_config_iterator_entry(i);
    const char *id;
    if (snd_config_get_id(entry, &id) < 0) continue;
    if (!strcmp(id, "folder")) snd_config_get_string(entry, &settings->folder);
    if (!strcmp(id, "zero_ns")) snd_config_get_string(entry, &zero_ns);
    if (!strcmp(id, "channels")) snd_config_get_integer(entry, &settings->channels);
    if (!strcmp(id, "rate_hz")) snd_config_get_integer(entry, &settings->rate_hz);
    if (!strcmp(id, "buffer_frames")) snd_config_get_integer(entry, &settings->buffer_frames);
    if (!strcmp(id, "ppm")) snd_config_get_ireal(entry, &settings->ppm);
  }
  if (settings->folder == NULL || zero_ns == NULL || settings->channels < 1 || settings->rate_hz < 1) return -EINVAL;
  settings->zero_ns = strtoll(zero_ns, NULL, 10);
  return 0;
}

static int open_in(const char *folder, const char *name, int flags) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int fd = open(path, flags | O_CLOEXEC, 0600);
  return fd < 0 ? -errno : fd;
}

static int map_control(card_files_t *files, const char *folder) {
  int fd = open_in(folder, "control", O_RDONLY);
  if (fd < 0) return fd;
  files->control = mmap(NULL, sizeof(card_control_t), PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  return files->control == MAP_FAILED ? -ENOMEM : 0;
}

int card_files_open(card_files_t *files, const card_settings_t *settings, bool is_playback) {
  *files = (card_files_t){ .lock_fd = -1, .events_fd = -1, .heard_fd = -1, .line_fd = -1, .control = MAP_FAILED };
  files->frame_bytes = (size_t)settings->channels * sizeof(int16_t);
  files->stream = is_playback ? "playback" : "capture";
  const char *folder = settings->folder;
  int error = map_control(files, folder);
  if (error == 0 && files->control->is_absent) error = -ENODEV;
  if (error == 0) error = files->lock_fd = open_in(folder, is_playback ? "playback.lock" : "capture.lock", O_RDWR | O_CREAT);
  if (error >= 0) error = files->events_fd = open_in(folder, "events", O_WRONLY | O_APPEND | O_CREAT);
  if (error >= 0 && flock(files->lock_fd, LOCK_EX | LOCK_NB) < 0) {
    card_event(files, 0, "refused");
    error = -EBUSY;
  }
  if (error >= 0 && is_playback) error = files->heard_fd = open_in(folder, "heard.raw", O_WRONLY | O_CREAT);
  if (error >= 0 && !is_playback) error = files->line_fd = open_in(folder, "line.raw", O_RDONLY);
  if (error < 0) {
    card_files_close(files);
    return error;
  }
  files->vanished_count = files->control->vanished_count;
  return 0;
}

void card_files_close(card_files_t *files) {
  int open_fds[] = { files->lock_fd, files->events_fd, files->heard_fd, files->line_fd };
  for (size_t index = 0; index < 4; index += 1)
    if (open_fds[index] >= 0) close(open_fds[index]);
  if (files->control != MAP_FAILED) munmap((void *)files->control, sizeof(card_control_t));
}

void card_record(card_files_t *files, int64_t place, const int16_t *frames, int64_t count) {
  size_t bytes = (size_t)count * files->frame_bytes;
  // A full disk is the test's trouble, not the card's: the recording is then short.
  if (pwrite(files->heard_fd, frames, bytes, place * (int64_t)files->frame_bytes) < (ssize_t)bytes)
    card_event(files, place, "unrecorded");
}

void card_line_in(card_files_t *files, int64_t place, char *frames, size_t count) {
  int64_t from = place - files->control->line_from;
  memset(frames, 0, count * files->frame_bytes);
  size_t before = from >= 0 ? 0 : (uint64_t)-from < count ? (size_t)-from : count;
  if (before == count) return;
  size_t bytes = (count - before) * files->frame_bytes, skipped = before * files->frame_bytes;
  // Behind the end of the file the line is silent.
  (void)!pread(files->line_fd, frames + skipped, bytes, (from + (int64_t)before) * (int64_t)files->frame_bytes);
}

void card_event(card_files_t *files, int64_t place, const char *what) {
  char line[120];
  int length = snprintf(line, sizeof line, "%lld %s %s %d\n", (long long)place, files->stream, what, (int)getpid());
  if (write(files->events_fd, line, (size_t)length) < 0) return;
}
