/** What the page says about its own sample. */
export const sampleNote = "";
