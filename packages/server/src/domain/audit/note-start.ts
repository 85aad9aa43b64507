import { createHmac } from 'node:crypto';
import { type Config, shownSettings } from '../../config.ts';
import type { App } from '../app.ts';
import { deriveKey } from '../keys/derive.ts';
import type { Store } from '../store.ts';
import { SERVER, type SettingsChanged } from './event.ts';

/** Nobody tries passwords by these marks: they are made with a key. */
function settingsOf(config: Config): Readonly<Record<string, string>> {
  const key = deriveKey(config.secretKey.reveal(), 'audit');
  return shownSettings(config, (secret) =>
    createHmac('sha256', key).update(secret).digest('hex').slice(0, 12),
  );
}

async function settingsBefore({ audit }: Store): Promise<SettingsChanged['settings']> {
  const [last] = await audit.list(1, { event: 'settings_changed' });
  return last?.event.event === 'settings_changed' ? last.event.settings : {};
}

/** With another SECRET_KEY every secret has another mark: then it alone is known to have changed. */
function changedNames(before: SettingsChanged['settings'], now: SettingsChanged['settings']): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changed = names.filter((name) => before[name] !== now[name]);
  const isFirst = Object.keys(before).length === 0;
  if (isFirst || !changed.includes('SECRET_KEY')) return changed;
  const withoutMark = (text = '') => text.replace(/ \([0-9a-f ]+\)$/, '');
  return changed.filter(
    (name) => name === 'SECRET_KEY' || withoutMark(before[name]) !== withoutMark(now[name]),
  );
}

/** Notes that a server has started, and which settings are other than at the last start. */
export async function noteStart(
  app: Pick<App, 'store' | 'clock' | 'config'>,
  version: string,
): Promise<void> {
  const at = app.clock.now();
  const settings = settingsOf(app.config);
  await app.store.transaction(async (store) => {
    const { profile } = app.config;
    await store.audit.record({ event: 'server_started', userId: undefined, version, profile }, at, SERVER);
    const changed = changedNames(await settingsBefore(store), settings);
    if (changed.length > 0)
      await store.audit.record(
        { event: 'settings_changed', userId: undefined, changed, settings },
        at,
        SERVER,
      );
  });
}
