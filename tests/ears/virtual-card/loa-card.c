// A sound card in user space (alsa-lib: "PCM External Plugin SDK", ioplug). It plays in real time by CLOCK_MONOTONIC,
// with a crystal that may be off by some ppm, and records what would be heard, each frame at its place in time.
//
// The card's clock never stops: place n is heard at zero_ns + n / rate_hz (the true rate). heard.raw is indexed by
// place, so where nobody played there is silence, and readers of several processes and opens agree about time.
#define _GNU_SOURCE
#include "card-files.h"
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/timerfd.h>
#include <time.h>

// How late a killed process is noticed in the recording, and how late a vanished card wakes who waits for it.
#define PUMP_EVERY_NS 10000000
// A card that stands still is looked at again after this.
#define LOOK_AGAIN_NS 1000000

typedef struct {
  snd_pcm_ioplug_t io;
  card_files_t files;
  int timer_fd;
  int64_t zero_ns;
  double rate_hz;
  pthread_t pump;
  atomic_bool is_closing;
  // Below: only under the lock.
  pthread_mutex_t lock;
  bool is_gone;
  bool has_xrun;
  bool is_running;
  bool runs_on; // the program asked that an underrun stops nothing
  int16_t *ring;
  snd_pcm_uframes_t avail_min;
  int64_t passed_to; // place: time is accounted for up to here
  int64_t at_place;  // place of stream frame 0, later by every standstill
  int64_t heard;     // stream frames that the card has played (or captured)
  int64_t filled;    // stream frames that the program has written (or read)
} card_t;

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static double exact_place(const card_t *card) { return (double)(now_ns() - card->zero_ns) * card->rate_hz / 1e9; }

static bool plays(const card_t *card) { return card->io.stream == SND_PCM_STREAM_PLAYBACK; }

static int64_t room(const card_t *card) {
  int64_t buffer = (int64_t)card->io.buffer_size;
  return plays(card) ? buffer - (card->filled - card->heard) : card->heard - card->filled;
}

static void xrun(card_t *card, int64_t place) {
  card->is_running = false;
  card->has_xrun = true;
  card_event(&card->files, place, "xrun");
}

// The card plays (or captures) the frames of these places.
static void pass(card_t *card, int64_t from, int64_t to) {
  if (!card->is_running || to <= from) return;
  int64_t buffer = (int64_t)card->io.buffer_size, count = to - from;
  if (!plays(card)) {
    card->heard += count;
    if (room(card) > buffer && !card->runs_on) xrun(card, to);
    return;
  }
  int64_t ready = card->filled - card->heard, playable = ready < count ? ready : count;
  for (int64_t done = 0; done < playable;) {
    int64_t at = (card->heard + done) % buffer, run = buffer - at;
    if (run > playable - done) run = playable - done;
    card_record(&card->files, from + done, card->ring + at * card->io.channels, run);
    done += run;
  }
  if (playable < 0) playable = 0;
  card->heard += playable;
  if (playable == count || card->io.state == SND_PCM_STATE_DRAINING) return;
  if (card->runs_on) card->heard += count - playable;
  else xrun(card, from + playable);
}

// Brings the card to this moment. Only what the places say counts, so it does not matter how late this is called.
static void advance(card_t *card) {
  const volatile card_control_t *control = card->files.control;
  int64_t place = (int64_t)exact_place(card), from = card->passed_to;
  if (place <= from) return;
  card->passed_to = place;
  if (control->vanished_count != card->files.vanished_count && !card->is_gone) {
    card->is_gone = true;
    card->is_running = false;
    card_event(&card->files, place, "vanish");
  }
  int64_t still_from = control->still_from, still_to = control->still_to;
  if (still_from < from) still_from = from;
  if (still_to > place) still_to = place;
  if (still_from < still_to) {
    pass(card, from, still_from);
    card->at_place += still_to - still_from;
    from = still_to;
  }
  pass(card, from, place);
  if (card->is_running && place < control->underruns_to) xrun(card, place);
}

// The poll descriptor becomes readable when the program can go on; like a level, not an edge.
static void arm(card_t *card, int64_t not_before_ns) {
  int64_t at_ns = 1;
  if (!card->is_gone && !card->has_xrun && (card->is_running || !plays(card))) {
    int64_t wanted = card->io.state == SND_PCM_STATE_DRAINING ? (int64_t)card->io.buffer_size : (int64_t)card->avail_min;
    int64_t place = card->at_place + card->heard + wanted - room(card);
    at_ns = card->zero_ns + (int64_t)((double)place * 1e9 / card->rate_hz) + 1;
  }
  if (at_ns < not_before_ns) at_ns = not_before_ns;
  struct itimerspec when = { .it_value = { at_ns / 1000000000, at_ns % 1000000000 } };
  timerfd_settime(card->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

// 0, or what the program must be told.
static int trouble(card_t *card) {
  if (card->is_gone) {
    snd_pcm_ioplug_set_state(&card->io, SND_PCM_STATE_DISCONNECTED);
    return -ENODEV;
  }
  return card->has_xrun ? -EPIPE : 0;
}

// Hears to the end what the program wrote while it does something else, is stopped or is killed.
static void *pump(void *argument) {
  card_t *card = argument;
  while (!atomic_load(&card->is_closing)) {
    struct timespec wait = { 0, PUMP_EVERY_NS };
    nanosleep(&wait, NULL);
    pthread_mutex_lock(&card->lock);
    bool was_well = !card->is_gone && !card->has_xrun;
    advance(card);
    if (was_well && (card->is_gone || card->has_xrun)) arm(card, 0);
    pthread_mutex_unlock(&card->lock);
  }
  return NULL;
}

static int card_start(snd_pcm_ioplug_t *io) {
  card_t *card = io->private_data;
  pthread_mutex_lock(&card->lock);
  advance(card);
  int error = trouble(card);
  if (error == 0 && !card->is_running) {
    card->is_running = true;
    card->passed_to = (int64_t)exact_place(card) + 1;
    card->at_place = card->passed_to - card->heard;
    card_event(&card->files, card->passed_to, "start");
    arm(card, 0);
  }
  pthread_mutex_unlock(&card->lock);
  return error;
}

static int card_stop(snd_pcm_ioplug_t *io) {
  card_t *card = io->private_data;
  pthread_mutex_lock(&card->lock);
  advance(card);
  if (card->is_running) card_event(&card->files, card->passed_to, "stop");
  card->is_running = false;
  arm(card, 0);
  pthread_mutex_unlock(&card->lock);
  return 0;
}

static int card_prepare(snd_pcm_ioplug_t *io) {
  card_t *card = io->private_data;
  pthread_mutex_lock(&card->lock);
  advance(card);
  card->is_running = card->has_xrun = false;
  card->heard = card->filled = 0;
  card->at_place = card->passed_to;
  int error = trouble(card);
  arm(card, 0);
  pthread_mutex_unlock(&card->lock);
  return error;
}

static snd_pcm_sframes_t card_pointer(snd_pcm_ioplug_t *io) {
  card_t *card = io->private_data;
  pthread_mutex_lock(&card->lock);
  advance(card);
  int error = trouble(card);
  // A negative answer means an xrun to alsa-lib, so a vanished card answers where it stopped.
  snd_pcm_sframes_t answer = error == -EPIPE ? -EPIPE : (snd_pcm_sframes_t)card->heard;
  if (io->state == SND_PCM_STATE_DRAINING) arm(card, 0);
  pthread_mutex_unlock(&card->lock);
  return answer;
}

static int card_delay(snd_pcm_ioplug_t *io, snd_pcm_sframes_t *delay) {
  card_t *card = io->private_data;
  pthread_mutex_lock(&card->lock);
  advance(card);
  int error = trouble(card);
  *delay = plays(card) ? (snd_pcm_sframes_t)(card->filled - card->heard) : (snd_pcm_sframes_t)room(card);
  pthread_mutex_unlock(&card->lock);
  return error;
}

static snd_pcm_sframes_t card_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
                                       snd_pcm_uframes_t offset, snd_pcm_uframes_t size) {
  card_t *card = io->private_data;
  size_t frame_bytes = io->channels * sizeof(int16_t);
  // Interleaved: all channels lie in the first area.
  char *at = (char *)areas[0].addr + areas[0].first / 8 + offset * areas[0].step / 8;
  pthread_mutex_lock(&card->lock);
  advance(card);
  int error = trouble(card);
  if (size > io->buffer_size) size = io->buffer_size;
  int64_t from = (int64_t)io->appl_ptr;
  if (error == 0 && plays(card)) {
    for (snd_pcm_uframes_t done = 0; done < size;) {
      snd_pcm_uframes_t to = (from + done) % io->buffer_size, run = io->buffer_size - to;
      if (run > size - done) run = size - done;
      memcpy(card->ring + to * io->channels, at + done * frame_bytes, run * frame_bytes);
      done += run;
    }
  } else if (error == 0) {
    card_line_in(&card->files, card->at_place + from, at, size);
  }
  if (error == 0) card->filled = from + (int64_t)size;
  if (error == 0) arm(card, 0);
  pthread_mutex_unlock(&card->lock);
  return error < 0 ? error : (snd_pcm_sframes_t)size;
}

static int card_poll_revents(snd_pcm_ioplug_t *io, struct pollfd *pfd, unsigned int nfds, unsigned short *revents) {
  card_t *card = io->private_data;
  *revents = 0;
  if (nfds != 1 || !(pfd[0].revents & POLLIN)) return 0;
  pthread_mutex_lock(&card->lock);
  advance(card);
  int error = trouble(card);
  if (error == -EPIPE) snd_pcm_ioplug_set_state(io, SND_PCM_STATE_XRUN);
  int64_t wanted = io->state == SND_PCM_STATE_DRAINING ? (int64_t)io->buffer_size : (int64_t)card->avail_min;
  if (error < 0) *revents = POLLERR;
  if (error < 0 || room(card) >= wanted) *revents |= plays(card) ? POLLOUT : POLLIN;
  else arm(card, now_ns() + LOOK_AGAIN_NS);
  pthread_mutex_unlock(&card->lock);
  return 0;
}

static int card_hw_params(snd_pcm_ioplug_t *io, snd_pcm_hw_params_t *params) {
  (void)params;
  card_t *card = io->private_data;
  int16_t *ring = calloc(io->buffer_size * io->channels, sizeof(int16_t));
  if (ring == NULL) return -ENOMEM;
  pthread_mutex_lock(&card->lock);
  free(card->ring);
  card->ring = ring;
  pthread_mutex_unlock(&card->lock);
  return 0;
}

static int card_sw_params(snd_pcm_ioplug_t *io, snd_pcm_sw_params_t *params) {
  card_t *card = io->private_data;
  snd_pcm_uframes_t stop = 0, avail_min = 1;
  snd_pcm_sw_params_get_stop_threshold(params, &stop);
  snd_pcm_sw_params_get_avail_min(params, &avail_min);
  pthread_mutex_lock(&card->lock);
  card->runs_on = stop > io->buffer_size;
  card->avail_min = avail_min;
  arm(card, 0);
  pthread_mutex_unlock(&card->lock);
  return 0;
}

static int card_close(snd_pcm_ioplug_t *io) {
  card_t *card = io->private_data;
  atomic_store(&card->is_closing, true);
  pthread_join(card->pump, NULL);
  advance(card);
  card_event(&card->files, card->passed_to, "close");
  close(card->timer_fd);
  card_files_close(&card->files);
  pthread_mutex_destroy(&card->lock);
  free(card->ring);
  free(card);
  return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
  .start = card_start,
  .stop = card_stop,
  .pointer = card_pointer,
  .transfer = card_transfer,
  .close = card_close,
  .hw_params = card_hw_params,
  .sw_params = card_sw_params,
  .prepare = card_prepare,
  .poll_revents = card_poll_revents,
  .delay = card_delay,
};

static int constrain(snd_pcm_ioplug_t *io, const card_settings_t *settings) {
  static const unsigned int accesses[] = { SND_PCM_ACCESS_RW_INTERLEAVED, SND_PCM_ACCESS_MMAP_INTERLEAVED };
  static const unsigned int formats[] = { SND_PCM_FORMAT_S16_LE };
  unsigned int frame_bytes = (unsigned int)settings->channels * 2, buffer_frames = (unsigned int)settings->buffer_frames;
  unsigned int rate = (unsigned int)settings->rate_hz, channels = (unsigned int)settings->channels;
  int error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 2, accesses);
  if (!error) error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, formats);
  if (!error) error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_CHANNELS, channels, channels);
  if (!error) error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_RATE, rate, rate);
  if (!error) error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIODS, 2, 1024);
  if (!error)
    error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 32 * frame_bytes,
                                            buffer_frames / 2 * frame_bytes);
  if (!error)
    error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 64 * frame_bytes,
                                            buffer_frames * frame_bytes);
  return error;
}

// The pump must not get the signals that the program waits for.
static int start_pump(card_t *card) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&card->pump, NULL, pump, card);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return -error;
}

SND_PCM_PLUGIN_DEFINE_FUNC(loa_card) {
  (void)root;
  card_settings_t settings;
  int error = card_settings(conf, &settings);
  if (error < 0) return error;
  card_t *card = calloc(1, sizeof(card_t));
  if (card == NULL) return -ENOMEM;
  error = card_files_open(&card->files, &settings, stream == SND_PCM_STREAM_PLAYBACK);
  if (error < 0) {
    free(card);
    return error;
  }
  pthread_mutex_init(&card->lock, NULL);
  card->zero_ns = settings.zero_ns;
  card->rate_hz = (double)settings.rate_hz * (1 + settings.ppm / 1e6);
  card->avail_min = 1;
  card->passed_to = (int64_t)exact_place(card);
  card->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  card->io.version = SND_PCM_IOPLUG_VERSION;
  card->io.name = "Loa's virtual card";
  card->io.flags = SND_PCM_IOPLUG_FLAG_BOUNDARY_WA | SND_PCM_IOPLUG_FLAG_MONOTONIC;
  card->io.callback = &callbacks;
  card->io.private_data = card;
  card->io.poll_fd = card->timer_fd;
  card->io.poll_events = POLLIN;
  error = snd_pcm_ioplug_create(&card->io, name, stream, mode);
  if (error == 0 && (error = constrain(&card->io, &settings)) == 0) error = start_pump(card);
  if (error < 0) {
    // Also when the pcm is there already: its close would wait for a pump that never started.
    close(card->timer_fd);
    card_files_close(&card->files);
    free(card);
    return error;
  }
  card_event(&card->files, card->passed_to, "open");
  *pcmp = card->io.pcm;
  return 0;
}

SND_PCM_PLUGIN_SYMBOL(loa_card);
