/** Refusals of files; what their codes mean stands in src/tensor/error-table.ts. */
export { refusal as formatError } from "../tensor/input-error.ts";
