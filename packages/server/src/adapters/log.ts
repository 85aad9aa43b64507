import { pino } from 'pino';
import type { Config } from '../config.ts';
import type { Log } from '../domain/app.ts';

type Level = 'info' | 'warn' | 'error';

/** What an error says about the code. The details of a database's error can quote rows, so they stay out. */
function withoutDetails(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack } = error;
  return { name, message, code: 'code' in error ? error.code : undefined, stack };
}

/** Lines of JSON for machines. Requests only at `debug`: writing them down costs a fifth of the throughput. */
function jsonLog(level: Config['logLevel']): Log {
  const logger = pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: withoutDetails },
  });
  return {
    info: (note, text) => logger.info(note, text),
    warn: (note, text) => logger.warn(note, text),
    error: (note, text) => logger.error(note, text),
    request: (note) => logger.debug(note, 'request'),
  };
}

function inWords(note: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(note).map(([key, value]) => {
    if (value instanceof Error) return `\n${value.stack ?? value.message}`;
    return `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  return parts.length === 0 ? '' : `  ${parts.join(' ')}`;
}

const RANK = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Lines for a person at a terminal, requests among them. */
function plainLog(level: Config['logLevel']): Log {
  const say = (at: Level, text: string) => {
    if (RANK.indexOf(at) >= RANK.indexOf(level)) process.stderr.write(`${text}\n`);
  };
  return {
    info: (note, text) => say('info', `${text}${inWords(note)}`),
    warn: (note, text) => say('warn', `warning: ${text}${inWords(note)}`),
    error: (note, text) => say('error', `error: ${text}${inWords(note)}`),
    request: ({ method, path, status, ms, reason }) =>
      say('info', `${method} ${path} ${status} ${ms} ms${reason === undefined ? '' : `  ${reason}`}`),
  };
}

/** The log of a server: for a person in dev, for machines in production. */
export function logFor({ profile, logLevel }: Pick<Config, 'profile' | 'logLevel'>): Log {
  return profile === 'dev' ? plainLog(logLevel) : jsonLog(logLevel);
}
