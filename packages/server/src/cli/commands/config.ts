import { type Profile, printConfig, settingsPage } from '../../config.ts';
import { serverConfig } from '../environment.ts';

/** `latchkey config`: prints the settings in force, or the page that explains them. */
export function configCommand({ profile, markdown }: { profile: Profile; markdown?: boolean }): void {
  process.stdout.write(markdown ? settingsPage() : printConfig(serverConfig(profile)));
}
