import type { Config } from '../../config.ts';

/**
 * A token whose `exp` is at this instant or before has expired, and what is known of it may go: JWT_LEEWAY_SECONDS ago, for
 * clocks differ. Milliseconds.
 */
export const expiredBy = ({ jwtLeewaySeconds }: Pick<Config, 'jwtLeewaySeconds'>, now: number): number =>
  now - jwtLeewaySeconds * 1000;
