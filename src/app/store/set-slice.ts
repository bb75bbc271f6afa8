/** How a slice changes its part of the state; the store's own setter fits it, so no slice needs to know the store. */
export type SetSlice<S> = (change: Partial<S> | ((state: S) => Partial<S>)) => void;
