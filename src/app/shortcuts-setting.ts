/** Single keys as shortcuts disturb people who dictate or type past a field: they can be turned off (WCAG 2.1.4). */
const KEY = "vitrine-shortcuts";

export function areShortcutsOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function setShortcutsOn(isOn: boolean): void {
  try {
    localStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // storage is blocked: the setting holds for no visit
  }
}
