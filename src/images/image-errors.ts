/** Refusals of images; what their codes mean stands in src/tensor/error-table.ts. */
export { refusal as imageError } from "../tensor/input-error.ts";
