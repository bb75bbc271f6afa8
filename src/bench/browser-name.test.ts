import { expect, test } from "vitest";
import { browserName } from "./browser-name.ts";

const brands = (...names: string[]) => names.map((brand) => ({ brand }));

test.each([
  ["Microsoft Edge", brands("Not)A;Brand", "Microsoft Edge", "Chromium"), "/usr/bin/browser"],
  ["Google Chrome", brands("Chromium", " Not A;Brand", "Google Chrome"), "/usr/bin/browser"],
  ["Chromium", brands("Not:A-Brand", "Chromium"), "/usr/bin/chromium"],
  ["Microsoft Edge", brands("Not?A_Brand", "HeadlessChrome"), "C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe"],
  ["Google Chrome", brands("Not?A_Brand", "HeadlessChrome"), "/usr/bin/google-chrome-stable"],
  ["Google Chrome", [], "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
  ["Google Chrome", [], "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe"],
  ["Chromium", brands("HeadlessChrome"), "/root/.cache/ms-playwright/chromium-1200/chrome-linux/chrome"],
])("%s by %j at %s", (name, given, path) => {
  expect(browserName(given, path)).toBe(name);
});
