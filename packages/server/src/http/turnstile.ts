import type { IncomingMessage } from 'node:http';
import type { App } from '../domain/app.ts';
import { countInMemory } from '../domain/limits/in-memory.ts';
import { EVERYTHING } from '../domain/limits/limit.ts';
import { networkOf } from '../domain/limits/network.ts';
import type { Block } from '../domain/limits/turn-away.ts';
import { callerAddress, trustedAddresses } from './trusted-proxies.ts';

/**
 * Counts every request of a network, before anything is done for it; gives the block that turns it away. Probes are not
 * counted, nor is what a trusted proxy asks by itself. Undefined while there are no limits.
 */
export function turnstileFor(
  { config, clock }: Pick<App, 'config' | 'clock'>,
  probes: ReadonlySet<string>,
): ((message: IncomingMessage) => Block | undefined) | undefined {
  if (config.limits === 'off') return undefined;
  const count = countInMemory(clock, EVERYTHING);
  const addressOf = callerAddress(config.trustedProxies);
  const isTrusted = trustedAddresses(config.trustedProxies);
  return ({ url = '', headers, socket }) => {
    if (probes.has(url)) return undefined;
    const forwardedFor = headers['x-forwarded-for'];
    const ip = addressOf(
      socket.remoteAddress ?? '',
      typeof forwardedFor === 'string' ? forwardedFor : undefined,
    );
    if (isTrusted(ip)) return undefined;
    const turned = count(networkOf(ip));
    return turned && { limit: EVERYTHING, ...turned };
  };
}
