import { InputError } from "./input-error.ts";

/** A link where a file is needed: neither page nor command line reads from other servers than the Hub. */
export function linkGiven(link: string): InputError {
  const hub = /^https?:\/\/(?:www\.)?huggingface\.co\/([\w.-]+\/[\w.-]+)/.exec(link);
  return new InputError("LINK_GIVEN", {
    what: `${link.length > 120 ? `${link.slice(0, 120)} …` : link} is a link, not a file.`,
    why: "Servers forbid other pages to read from them, and nothing is read here from servers that were not asked for.",
    next: hub
      ? `Ask the Hub for ${hub[1]} (the card "From the Hugging Face Hub", or \`npm run lab -- hub\`), or download the file and give it.`
      : "Open the link in the browser, download the file, and give that.",
  });
}
