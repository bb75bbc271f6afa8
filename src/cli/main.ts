import { writeFile } from "node:fs/promises";
import { InputError } from "../tensor/input-error.ts";
import type { Progress } from "../tensor/progress.ts";
import { createNodeHost } from "./node-host.ts";
import { help, runCommand } from "./run-command.ts";

/** The command line: JSON on stdout, progress on stderr, exit code 1 with the error's code on failure. */
async function main(args: string[]): Promise<number> {
  if (args.length === 0 || ["help", "--help", "-h"].includes(args[0])) {
    process.stderr.write(`${help()}\n`);
    return args.length === 0 ? 1 : 0;
  }
  const inBrowser = take(args, "--browser");
  const outPath = ["quantize", "run", "sweep"].includes(args[0])
    ? takeValue(args, "--out-json")
    : (takeValue(args, "--out-json") ?? takeValue(args, "--out"));
  const cancel = new AbortController();
  process.once("SIGINT", () => cancel.abort());
  const job = { signal: cancel.signal, onProgress: reportProgress() };
  const result = inBrowser ? await (await import("./browser-driver.ts")).runInBrowser(args, job) : await inNode(args, job);
  const json = `${JSON.stringify(result, null, 2)}\n`;
  if (outPath) await writeFile(outPath, json);
  else process.stdout.write(json);
  return 0;
}

async function inNode(args: readonly string[], job: { signal: AbortSignal; onProgress: (progress: Progress) => void }): Promise<unknown> {
  const host = createNodeHost(job);
  try {
    return await runCommand(args, host);
  } finally {
    host.close();
  }
}

/** One line on stderr a few times a second, rewritten on a terminal, with the time left once it can be told. */
function reportProgress(): (progress: Progress) => void {
  let lastMs = 0;
  let start = { total: -1, done: 0, atMs: 0 };
  return ({ stage, done, total }) => {
    const nowMs = performance.now();
    if (total !== start.total || done < start.done) start = { total, done, atMs: nowMs };
    if (nowMs - lastMs < 200 && done < total) return;
    lastMs = nowMs;
    const leftMs = ((nowMs - start.atMs) / (done - start.done)) * (total - done);
    const left = done > start.done && done < total ? `, about ${Math.ceil(leftMs / 1000)} s left` : "";
    const text = `${stage} ${done}/${total}${left}`;
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}${done >= total ? "\n" : ""}` : `${text}\n`);
  };
}

function take(args: string[], flag: string): boolean {
  const at = args.indexOf(flag);
  if (at >= 0) args.splice(at, 1);
  return at >= 0;
}

function takeValue(args: string[], flag: string): string | undefined {
  const at = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  if (at < 0) return undefined;
  const inline = args[at].includes("=") ? args[at].slice(flag.length + 1) : undefined;
  const [, value] = args.splice(at, inline === undefined ? 2 : 1);
  return inline ?? value;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof InputError) {
      const { code, what, why, next } = error;
      process.stderr.write(`${code}: ${what}\n  ${why}\n  ${next}\n  More: docs/errors.md#${code.toLowerCase()}\n`);
      process.stdout.write(`${JSON.stringify({ error: { code, what, why, next } }, null, 2)}\n`);
    } else if (error instanceof Error && error.name === "AbortError") {
      process.stderr.write("CANCELLED: The command was stopped before it finished; nothing was written.\n");
      process.stdout.write(
        `${JSON.stringify({ error: { code: "CANCELLED", what: "The command was stopped before it finished." } }, null, 2)}\n`,
      );
    } else {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`INTERNAL: ${text}\n`);
      process.stdout.write(`${JSON.stringify({ error: { code: "INTERNAL", what: text } }, null, 2)}\n`);
    }
    process.exit(1);
  },
);
