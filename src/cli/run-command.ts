import { InputError } from "../tensor/input-error.ts";
import { compare } from "./commands/compare.ts";
import { exportCommand } from "./commands/export.ts";
import { hub } from "./commands/hub.ts";
import { inspect } from "./commands/inspect.ts";
import { profile } from "./commands/profile.ts";
import { quantize } from "./commands/quantize.ts";
import { run } from "./commands/run.ts";
import { selftest } from "./commands/selftest.ts";
import { sweep } from "./commands/sweep.ts";
import { tune } from "./commands/tune.ts";
import type { Command, Host } from "./host.ts";
import { helpOf, parseOptions } from "./parse-args.ts";

export const commands: Readonly<Record<string, Command>> = {
  inspect,
  run,
  quantize,
  compare,
  sweep,
  profile,
  tune,
  selftest,
  export: exportCommand,
  hub,
};

export function help(): string {
  const list = Object.values(commands).map(helpOf).join("\n\n");
  return `npm run lab -- <command> [options]\n\nEvery command: --out-json FILE writes the JSON there; --browser runs in headless Chromium instead of Node.\n\n${list}`;
}

/** Runs one command line and gives the JSON it prints. */
export async function runCommand(args: readonly string[], host: Host): Promise<unknown> {
  const [name, ...rest] = args;
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : null;
  if (!command) {
    throw new InputError("USAGE", {
      what: name === undefined ? "No command is given." : `There is no command "${name}".`,
      why: `The commands are ${Object.keys(commands).join(", ")}.`,
      next: "`npm run lab -- help` tells their options.",
    });
  }
  return command.run(parseOptions(command, rest), host);
}
