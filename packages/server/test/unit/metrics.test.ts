import { expect, test } from 'vitest';
import { prometheus } from '../../src/adapters/metrics/prometheus.ts';
import { printConfig, readConfig } from '../../src/config.ts';
import { hashQueue } from '../../src/domain/passwords/hash-queue.ts';
import { meteredQueue } from '../../src/domain/passwords/metered-queue.ts';
import { readExposition, sampleValue } from '../support/exposition.ts';

const KEY = 'q7Wv0mJk3xZr9TnYb5LcHd2GsPf8Ea4U-secret';
const configWith = (settings: Readonly<Record<string, string>>) =>
  readConfig('serve', { SECRET_KEY: KEY, PUBLIC_URL: 'https://auth.example.com', ...settings });

const sources = { version: '1.2.3', isReady: async () => true, pool: undefined };

test('the hash queue shows who runs, who waits, how long and who was turned away', async () => {
  const { meter, text } = prometheus(sources);
  let now = 0;
  const clock = { now: () => now, elapsed: () => now };
  const queue = meteredQueue(hashQueue(clock, { concurrency: 1, waiting: 1, patience: 2_000 }), clock, meter);
  const levels = async () => {
    const families = readExposition(await text());
    const names = ['hashes_running', 'hashes_waiting', 'hashes_refused_total', 'hash_wait_seconds_count'];
    return names.map((name) => sampleValue(families, `latchkey_${name}`));
  };
  let finish = () => {};
  const work = () => new Promise<void>((resolve) => (finish = resolve));
  const first = queue.run(work);
  const second = queue.run(async () => {
    throw new Error('this hash could not be made');
  });
  expect(await queue.run(work)).toEqual({ ok: false, reason: 'server_busy' });
  expect(await levels()).toEqual([1, 1, 1, 1]);
  now = 300;
  finish();
  await first;
  await expect(second).rejects.toThrow('could not be made');
  expect(await levels()).toEqual([0, 0, 1, 2]);
  const families = readExposition(await text());
  expect(sampleValue(families, 'latchkey_hash_wait_seconds_sum')).toBeCloseTo(0.3);
  expect(sampleValue(families, 'latchkey_hash_wait_seconds_bucket', { le: '0.25' })).toBe(1);
  expect(sampleValue(families, 'latchkey_hash_wait_seconds_bucket', { le: '0.5' })).toBe(2);
});

test('a server says whether it is ready, and what it is', async () => {
  let ready = true;
  const { text } = prometheus({ ...sources, isReady: async () => ready });
  expect(sampleValue(readExposition(await text()), 'latchkey_ready')).toBe(1);
  ready = false;
  const families = readExposition(await text());
  expect(sampleValue(families, 'latchkey_ready')).toBe(0);
  const labels = { version: '1.2.3', node: process.versions.node };
  expect(sampleValue(families, 'latchkey_build_info', labels)).toBe(1);
});

test.each([
  ['9464', '127.0.0.1', 9464],
  ['0', '127.0.0.1', 0],
  ['0.0.0.0:9464', '0.0.0.0', 9464],
  ['metrics.internal:65535', 'metrics.internal', 65535],
  ['[::1]:9464', '::1', 9464],
])('METRICS=%s is an address to listen on, and is printed as one', (text, host, port) => {
  const config = configWith({ METRICS: text });
  expect(config.metrics).toEqual({ host, port });
  expect(printConfig(config)).toContain(`METRICS=${text.includes(':') ? text : `127.0.0.1:${text}`}\n`);
});

test.each([
  'on',
  '65536',
  ':9464',
  '::1:9464',
  '0.0.0.0',
  'http://127.0.0.1:9464',
  '9464 ',
  '-1',
  '0.0.0.0:',
])('METRICS=%s is refused', (text) => {
  expect(() => configWith({ METRICS: text })).toThrow(/^METRICS must be off, a port/);
});

test.each([
  ['short', /at least 32 bytes/],
  ['x'.repeat(40), /repeats itself/],
  ['Zk3vQ8mT1xWc5RyB7nJd9LhP2sGf4 Ea6UoXi0KtV', /letters, digits/],
  ['Zk3vQ8mT1xWc5RyB7nJd9LhP2sGf4Ea6UoXi0KtVä', /letters, digits/],
])('METRICS_TOKEN=%s is refused', (text, why) => {
  expect(() => configWith({ METRICS_TOKEN: text })).toThrow(why);
});

test('a metrics token is taken as it is, and never printed', () => {
  const token = `${KEY.replace('-', '+')}/==`;
  const config = configWith({ METRICS_TOKEN: token });
  expect(config.metricsToken?.reveal()).toBe(token);
  expect(printConfig(config)).toContain('METRICS_TOKEN=***\n');
  expect([configWith({}).metrics, configWith({}).metricsToken]).toEqual(['off', undefined]);
});
