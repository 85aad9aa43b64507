/** Told how far a pass has come; `total` is undefined when nobody knows. */
export type Progress = (what: string, done: number, total: number | undefined) => void;
