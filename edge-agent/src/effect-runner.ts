import { type Manifest, manifest } from "@loa/shared/broadcast/content.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { asInstant, type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import type { AckBody, EventBody } from "@loa/shared/wire/bodies.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { type EnvelopeKind, seal } from "@loa/shared/wire/envelope.ts";
import { boxTopic, toBox } from "@loa/shared/wire/topics.ts";
import type { AgentConfig } from "./config.ts";
import type { Effect } from "./core/effect.ts";
import { type Moment, toMono } from "./core/moment.ts";
import type { AgentPorts } from "./ports.ts";

/** An acknowledgement that comes later than this tells the controller nothing new. */
const ACK_VALID_MS = 10 * MINUTE_MS;

export type SideEffect = Exclude<Effect, { kind: "commit" | "accept" | "read-manifest" }>;

/** Does what a step asked for. The table is typed: an effect without a row does not compile. */
export class EffectRunner {
  readonly #ports: AgentPorts;
  readonly #config: AgentConfig;

  constructor(ports: AgentPorts, config: AgentConfig) {
    this.#ports = ports;
    this.#config = config;
  }

  run(effect: SideEffect, moment: Moment): void {
    const { sound, bus, content, log } = this.#ports;
    switch (effect.kind) {
      case "play": {
        const { soundId, source, rung, after, offsetMs, gainDb, fadeInMs, zones } = effect;
        const startAt = toMono(moment, effect.startAt);
        const endAt = effect.endAt === null ? null : toMono(moment, effect.endAt);
        const how = { after, offsetMs, gainDb, fadeInMs, duckDb: null, zones };
        sound.play({ soundId, source, rung, startAt, endAt, ...how });
        return;
      }
      case "stop-sound":
        sound.stop(effect.soundId, effect.fadeMs);
        return;
      case "pause-sound":
        sound.pause(effect.soundId, effect.fadeMs);
        return;
      case "resume-sound":
        sound.resume(effect.soundId, effect.fadeMs);
        return;
      case "set-volume":
        sound.setVolume(effect.gainDb, effect.rampMs);
        return;
      case "write-device":
      case "pace-devices":
      case "run-sequence":
      case "look-now":
        this.#runDevices(effect);
        return;
      case "publish":
        bus.publish(effect.message);
        return;
      case "publish-ack":
        this.#publishAck(effect.body, moment);
        return;
      case "publish-event":
        this.#publishEvent(effect.body, moment);
        return;
      case "connect":
        this.#connect(effect);
        return;
      case "disconnect":
        bus.disconnect();
        return;
      case "fetch":
        content.fetch({ sha256: effect.sha256, sizeBytes: effect.sizeBytes });
        return;
      case "verify":
        content.verify(effect.sha256);
        return;
      case "remove":
        content.remove(effect.sha256);
        return;
      case "log":
        log[effect.level](effect.event, { box: this.#config.box, ...effect.fields });
        return;
    }
  }

  #runDevices(
    effect: Extract<SideEffect, { kind: "write-device" | "pace-devices" | "run-sequence" | "look-now" }>,
  ): void {
    const { devices } = this.#ports;
    switch (effect.kind) {
      case "write-device":
        devices.write(effect.capability, effect.value);
        return;
      case "pace-devices":
        devices.pace(effect.pace);
        return;
      case "run-sequence":
        devices.run(effect.sequence);
        return;
      case "look-now":
        devices.lookNow();
        return;
    }
  }

  readManifest(sha256: Sha256): Manifest | null {
    const text = this.#ports.content.readText(sha256);
    if (text === null) return null;
    try {
      const parsed = manifest.safeParse(JSON.parse(text));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }

  #connect({ session, subscribe, also, perhaps }: Extract<Effect, { kind: "connect" }>): void {
    const { box } = this.#config;
    const gone = JSON.stringify({ session, online: false, nonce: "", version: this.#config.version });
    this.#ports.bus.connect({
      subscribe,
      also,
      perhaps,
      will: { topic: boxTopic(box, "presence"), payload: gone, qos: 1, retain: true },
    });
  }

  #publishAck(body: AckBody, { now }: Moment): void {
    // Acknowledgements are known again by the command's id; their own sequence only has to be a number.
    this.#publishSealed("ack", body, Math.max(1, now), now, plus(now, ACK_VALID_MS));
  }

  /** An event carries the same number at every try, so a repeat is known as one. */
  #publishEvent(body: EventBody, { now }: Moment): void {
    this.#publishSealed("event", body, body.number, now, null);
  }

  #publishSealed(
    kind: Extract<EnvelopeKind, "ack" | "event">,
    body: unknown,
    sequence: number,
    now: Instant,
    expiresAt: Instant | null,
  ): void {
    const { crypto, random, bus } = this.#ports;
    const { box, privateKey } = this.#config;
    const issuedAt = asInstant(Math.max(0, now));
    const id = newCommandId(issuedAt, random);
    const text = seal(
      {
        v: 1,
        id,
        kind,
        audience: { controller: true },
        issuer: box,
        sequence,
        issuedAt,
        notBefore: issuedAt,
        expiresAt,
        critical: [],
        body,
      },
      { issuer: box, privateKey },
      crypto,
    );
    bus.publish(toBox(box, kind, text));
  }
}
