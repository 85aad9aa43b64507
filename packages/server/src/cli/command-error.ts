/** What went wrong, said in one line to the person at the terminal. Exit code 1. */
export class CommandError extends Error {}
