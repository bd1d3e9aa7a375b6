// The folder of one virtual card: what the test tells it, what it heard, what happened.
#pragma once
#include <alsa/asoundlib.h>
#include <stdbool.h>
#include <stdint.h>

// The file `control`, written by the test while the card runs. Places are frames of the card's clock.
typedef struct {
  int64_t is_absent;      // 1: nobody can open it
  int64_t vanished_count; // how often it was pulled out: who opened it before that has lost it
  int64_t still_from;     // from here …
  int64_t still_to;       // … to here it stands still: no sound, no progress
  int64_t underruns_to;   // until then every start ends in an xrun
  int64_t line_from;      // where the first frame of line.raw comes in
} card_control_t;

typedef struct {
  const char *folder;
  long channels;
  long rate_hz;
  long buffer_frames;
  double ppm;
  int64_t zero_ns;
} card_settings_t;

typedef struct {
  int lock_fd;
  int events_fd;
  int heard_fd; // playback only
  int line_fd;  // capture only
  const volatile card_control_t *control;
  int64_t vanished_count;
  size_t frame_bytes;
  const char *stream;
} card_files_t;

int card_settings(snd_config_t *conf, card_settings_t *settings);
// -EBUSY when another opener has this direction, -ENODEV when the card is absent, -ENOENT without its folder.
int card_files_open(card_files_t *files, const card_settings_t *settings, bool is_playback);
void card_files_close(card_files_t *files);
void card_record(card_files_t *files, int64_t place, const int16_t *frames, int64_t count);
void card_line_in(card_files_t *files, int64_t place, char *frames, size_t count);
void card_event(card_files_t *files, int64_t place, const char *what);
