import { type Profile, printConfig, settingsPage } from '../../config.ts';
import { serverConfig } from '../environment.ts';

/** `latchkey config`: prints the settings in force, or the page that explains them. */
export function configCommand({ profile, markdown }: { profile: Profile; markdown?: boolean }): void {
  if (markdown) return void process.stdout.write(settingsPage());
  const other = profile === 'dev' ? ' (--profile serve for production)' : '';
  process.stdout.write(`# latchkey ${profile}${other}\n${printConfig(serverConfig(profile))}`);
}
