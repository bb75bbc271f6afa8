/** What is said of a code beyond the text of the error itself. */
export interface ErrorEntry {
  readonly title: string;
  readonly meaning: string;
  /** What helps in general; the error's own text knows the case. */
  readonly advice: string;
}
