import { CommandError } from './command-error.ts';

const CLAIMS = ['full_name', 'bio', 'image', 'verified'];

/** `--map bio=about` as an object. Throws a sentence for what is no pair of a claim and a column. */
export function claimMap(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [claim = '', column = '', ...more] = pair.split('=');
      if (!CLAIMS.includes(claim) || column === '' || more.length > 0)
        throw new CommandError(
          `--map ${pair}: write claim=column, where the claim is one of ${CLAIMS.join(', ')}.`,
        );
      return [claim, column];
    }),
  );
}
