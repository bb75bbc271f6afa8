/** Refusals of models; what their codes mean stands in src/tensor/error-table.ts. */
export { refusal as modelError } from "../tensor/input-error.ts";
