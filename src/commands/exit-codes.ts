/** What scripts tell outcomes apart by; docs/commands.md explains each. */
export const exitCodes = {
  /** What was asked for was found wrong, or could not be done. */
  failed: 1,
  /** The command line is wrong: nothing was done. */
  usage: 2,
  /** `mra status`: an alert stands that nobody has acknowledged. */
  alertStands: 3,
  /** No gateway answers, or it has no time now: the same may work in a moment. */
  noAnswer: 4,
  /** There is no token, or it does not allow this. */
  notAllowed: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
