/** What fluent-ffmpeg 2.1.3 starts its processes with: its last argument hears of the end, and of what was said until then. */
interface Starting {
  _spawnFfmpeg(...given: readonly unknown[]): void;
}
type End = (error: unknown, output?: Said, messages?: Said) => void;
interface Said {
  get(): string;
}

const nothing: Said = { get: () => "" };

/**
 * Where the system starts no process (no handles or no memory left), fluent-ffmpeg asks for the words of what never
 * ran: an exception in nobody's reach, which would end the control room. Here `told` is called, and the run ends as
 * every failed one.
 */
export function surviveUnstarted(command: object, told: () => void): void {
  if (!isStarting(command)) throw new Error("fluent-ffmpeg starts its processes in another way than it did");
  const start = command._spawnFfmpeg.bind(command);
  command._spawnFfmpeg = (...given) => {
    const end = given.at(-1);
    if (!isEnd(end)) throw new Error("fluent-ffmpeg starts a process and does not want to hear of its end");
    const ended: End = (error, output, messages) => {
      if (messages === undefined) told();
      end(error, output ?? nothing, messages ?? nothing);
    };
    try {
      start(...given.slice(0, -1), ended);
    } catch (error) {
      // Without a free handle the process has no pipes either, and it is them that fluent-ffmpeg turns to next.
      ended(error);
    }
  };
}

function isStarting(command: object): command is Starting {
  return "_spawnFfmpeg" in command && typeof command._spawnFfmpeg === "function";
}

function isEnd(last: unknown): last is End {
  return typeof last === "function";
}
