import { parseArgs } from "node:util";
import { approvalOriginOf, approve, makeApprover } from "./approver-commands.ts";
import { makeRoot, propose, show, sign, upload } from "./roster-commands.ts";

const usage = `Usage: npm run keys -- COMMAND
  root NAME --out FILE                      a new key of the offline root; FILE.pub is its public half
  propose --url URL --user NAME --out FILE [--root FILE.pub]… [--threshold N] [--days N] [--exercise N]
          [--safety FILE] [--before FILE]   what is to be signed; --root when the root is new, --before (the last
                                            signed one) when the control room is
  sign --key FILE --in FILE --out FILE [--before FILE] [--yes]
                                            reads it aloud, then adds the holder's signature
  show FILE                                 what a roster says, and who has signed
  upload --url URL --user NAME --in FILE    brings it into force
  approver --url URL --out FILE [--user NAME] [--rp NAME] [--origin URL]
                                            a passkey in software, registered for this person
  approve --key FILE --url URL --user NAME [--draft ID] [--yes]
                                            approves an emergency or a standing approval that waits
LOA_KEYS_PASSPHRASE and LOA_PASSWORD are asked for where they are not set. NODE_EXTRA_CA_CERTS names the CA of a
controller with its own.`;

class UsageError extends Error {}

const text = { type: "string" } as const;
const options = {
  out: text,
  in: text,
  key: text,
  before: text,
  url: text,
  user: text,
  rp: text,
  origin: text,
  draft: text,
  root: { type: "string", multiple: true },
  threshold: { type: "string", default: "2" },
  days: { type: "string", default: "365" },
  exercise: text,
  safety: text,
  yes: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

await main();

async function main(): Promise<void> {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [command, subject] = positionals;
    if (values.help || command === undefined) throw new UsageError(usage);
    await obey(command, subject, values);
  } catch (error) {
    const isAboutUse = error instanceof UsageError || error instanceof TypeError;
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = isAboutUse ? 2 : 1;
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>["values"];

async function obey(command: string, subject: string | undefined, values: Values): Promise<void> {
  const need = (name: "out" | "in" | "key" | "url" | "user"): string => {
    const value = values[name];
    if (value === undefined) throw new UsageError(`${command} wants --${name}\n${usage}`);
    return value;
  };
  const named = () => {
    if (subject === undefined) throw new UsageError(`${command} wants a name\n${usage}`);
    return subject;
  };
  switch (command) {
    case "root":
      return await makeRoot(named(), need("out"));
    case "propose":
      return await propose({
        ...{ url: need("url"), user: need("user"), out: need("out"), rootFiles: values.root ?? [] },
        threshold: Number(values.threshold),
        days: Number(values.days),
        exercise: values.exercise === undefined ? null : Number(values.exercise),
        safetyFile: values.safety ?? null,
        before: values.before ?? null,
      });
    case "sign":
      return await sign({
        ...{ key: need("key"), from: need("in"), out: need("out") },
        before: values.before ?? null,
        isAgreed: values.yes,
      });
    case "show":
      return show(named());
    case "upload":
      return await upload(need("in"), need("url"), need("user"));
    case "approver": {
      const url = need("url");
      const origin = values.origin ?? (await approvalOriginOf(url));
      const site = { rpId: values.rp ?? new URL(origin).hostname, origin };
      return await makeApprover({ url, ...site, user: values.user ?? null, out: need("out") });
    }
    case "approve":
      return await approve({
        ...{ key: need("key"), url: need("url"), user: need("user") },
        draft: values.draft ?? null,
        isAgreed: values.yes,
      });
    default:
      throw new UsageError(`${command}: no such command\n${usage}`);
  }
}
