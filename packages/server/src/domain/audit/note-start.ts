import { createHmac } from 'node:crypto';
import { type Config, shownSettings } from '../../config.ts';
import type { App } from '../app.ts';
import { deriveKey } from '../keys/derive.ts';
import type { Store } from '../store.ts';
import { SERVER, type ServerStarted } from './event.ts';

type ShownSettings = ServerStarted['settings'];

/** Those that are set. Nobody tries passwords by the marks of secrets: they are made with a key. */
function settingsOf(config: Config): ShownSettings {
  const key = deriveKey(config.secretKey.reveal(), 'audit');
  const all = shownSettings(config, (secret) =>
    createHmac('sha256', key).update(secret).digest('hex').slice(0, 12),
  );
  return Object.fromEntries(Object.entries(all).filter(([name]) => config.given.includes(name)));
}

/** Those of the last start of any server; undefined where none is known. */
async function settingsBefore({ audit }: Store): Promise<ShownSettings | undefined> {
  const [last] = await audit.list(1, { event: 'server_started' });
  return last?.event.event === 'server_started' ? last.event.settings : undefined;
}

/** With another SECRET_KEY every secret has another mark: then it alone is known to have changed. */
function changedNames(before: ShownSettings, now: ShownSettings): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changed = names.filter((name) => before[name] !== now[name]);
  if (!changed.includes('SECRET_KEY')) return changed;
  const withoutMark = (text = '') => text.replace(/ \([0-9a-f ]+\)$/, '');
  return changed.filter(
    (name) => name === 'SECRET_KEY' || withoutMark(before[name]) !== withoutMark(now[name]),
  );
}

/** Notes that a server has started and with which settings, and after the first start which of them are others. */
export async function noteStart(
  app: Pick<App, 'store' | 'clock' | 'config'>,
  version: string,
): Promise<void> {
  const at = app.clock.now();
  const { profile } = app.config;
  const settings = settingsOf(app.config);
  await app.store.transaction(async (store) => {
    const before = await settingsBefore(store);
    const started = { event: 'server_started', userId: undefined, version, profile, settings } as const;
    await store.audit.record(started, at, SERVER);
    const changed = before === undefined ? [] : changedNames(before, settings);
    if (changed.length > 0)
      await store.audit.record({ event: 'settings_changed', userId: undefined, changed }, at, SERVER);
  });
}
