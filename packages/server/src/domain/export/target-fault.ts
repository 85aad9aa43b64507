/** Another system's database did not take what was to be written, in one sentence, and whether anything was. */
export class TargetFault extends Error {}
