import type { Command } from "./host.ts";
import { parseOptions } from "./parse-args.ts";

/** The files that a command line names, as written there: all that a page which runs it may reach. */
export interface NamedPaths {
  readonly readable: ReadonlySet<string>;
  readonly writable: ReadonlySet<string>;
}

const PATH_PLACEHOLDERS: readonly string[] = ["PATH", "FILE", "DIR"];
const OUTPUT_OPTIONS: readonly string[] = ["out", "dump"];

/** What a command that reports under a prefix writes, and reads again to resume. */
function reportPaths(prefix: string): string[] {
  return ["json", "csv", "md"].map((extension) => `${prefix}.${extension}`);
}

/** Throws InputError USAGE for options that the command does not take. */
export function pathsIn(command: Command, args: readonly string[]): NamedPaths {
  const readable = new Set<string>();
  const writable = new Set<string>();
  for (const [name, value] of Object.entries(parseOptions(command, args))) {
    if (value === undefined) continue;
    if (command.options[name].value === "PREFIX") {
      for (const path of reportPaths(value)) {
        readable.add(path);
        writable.add(path);
      }
    }
    if (!PATH_PLACEHOLDERS.includes(command.options[name].value)) continue;
    (OUTPUT_OPTIONS.includes(name) ? writable : readable).add(value);
  }
  return { readable, writable };
}
