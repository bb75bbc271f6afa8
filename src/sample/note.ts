/** What the page says about its own sample; the figure was measured by tools/sample/evaluate.py on the exported f16 file. */
export const SAMPLE_ACCURACY_PERCENT = "97.4";

export const sampleNote =
  "A small Vision Transformer of our own (8 blocks, width 144, 1.7 million parameters), trained on pictures that this project's renderer draws: " +
  "sixteen kinds of objects in random poses, lights, colours and patterns. Of 2,400 pictures it has never seen it names " +
  `${SAMPLE_ACCURACY_PERCENT} % right. The pictures are rendered here and now, from seeds that were not trained on. ` +
  "It is a toy that shows real effects: nothing was done to make it easy or hard to quantize.";
