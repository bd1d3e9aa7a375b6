import type { AgentEvent } from "./core/event.ts";
import type { AgentPorts, DeviceReport, SoundReport } from "./ports.ts";

/** Turns the reports of the ports into events of the core. */
export function listen(ports: AgentPorts, post: (event: AgentEvent) => void): void {
  ports.alarm.onRing(() => post({ kind: "rang" }));
  ports.sound.onReport((report) => post(soundEvent(report)));
  ports.devices.onReport((report) => post(deviceEvent(report)));
  ports.content.onReport((report) =>
    post(
      report.kind === "fetched"
        ? { kind: "fetched", sha256: report.sha256 }
        : { kind: "fetch-failed", sha256: report.sha256, reason: report.reason },
    ),
  );
  ports.host.onReport(({ clock, clockErrorMs, freeDiskBytes }) => {
    post({ kind: "host", system: ports.clock.now(), clock, clockErrorMs, freeDiskBytes });
    // The machine is heard of every few seconds to minutes: often enough to look at the meters.
    post(trafficOf(ports));
  });
}

export function trafficOf({ bus, content }: Pick<AgentPorts, "bus" | "content">): AgentEvent {
  return { kind: "traffic", bus: bus.traffic(), content: content.traffic() };
}

function soundEvent(report: SoundReport): AgentEvent {
  switch (report.kind) {
    case "started":
      return { ...report, kind: "sound-started" };
    case "level":
      return { ...report, kind: "sound-level" };
    case "ended":
      return { ...report, kind: "sound-ended" };
    case "failed":
      return { ...report, kind: "sound-failed" };
    case "paused":
      return { ...report, kind: "sound-paused" };
    case "resumed":
      return { ...report, kind: "sound-resumed" };
    case "trouble":
      return { ...report, kind: "sound-trouble" };
    case "microphone":
    case "relay-use":
      return report;
  }
}

function deviceEvent(report: DeviceReport): AgentEvent {
  switch (report.kind) {
    case "identified":
      return { ...report, kind: "device-identified" };
    case "values":
      return { ...report, kind: "device-values" };
    case "written":
      return { ...report, kind: "device-written" };
    case "unreachable":
      return { ...report, kind: "device-unreachable" };
    case "ran":
      return { ...report, kind: "device-ran" };
    case "alarm":
      return { ...report, kind: "device-alarm" };
    case "lease-ended":
      return { ...report, kind: "device-lease-ended" };
  }
}
