import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { asItIs } from "@loa/shared/kernel/as-it-is.ts";

/** Nobody looks over the shoulder: nothing of it is shown. */
export async function askSecretly(question: string, variable: string): Promise<string> {
  const told = process.env[variable];
  if (told !== undefined) return told;
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: process.stdin.isTTY });
  const answer = await lines.question("");
  lines.close();
  process.stderr.write("\n");
  return answer;
}

/** Whoever signs has read it: only the whole word counts. */
export async function isAgreed(question: string, isAgreedBefore: boolean): Promise<boolean> {
  if (isAgreedBefore) return true;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} Type «yes»: `);
  lines.close();
  return answer.trim() === "yes";
}

/** One line. Holders of keys sign what they read here, and others have typed parts of it. */
export function say(line: string): void {
  process.stdout.write(`${asItIs(line)}\n`);
}
