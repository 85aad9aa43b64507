import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { onTestFinished } from 'vitest';

const FIXTURES = fileURLToPath(new URL('../fixtures/django/', import.meta.url));

/** A manifest beside a sample database, as far as the tests read it. */
export interface Manifest {
  readonly secret_key: string;
  readonly tables: Readonly<Record<string, number>>;
  readonly groups: readonly { name: string; permissions: string[]; members: number[] }[];
  readonly accounts: readonly {
    readonly id: number;
    readonly username: string;
    readonly email: string;
    readonly stored_password: string;
    readonly first_name: string;
    readonly last_name: string;
    readonly is_active: boolean;
    readonly is_staff: boolean;
    readonly is_superuser: boolean;
    readonly date_joined: string;
    readonly last_login: string | null;
    readonly profile?: { full_name: string; bio: string; image: string; verified: boolean } | null;
    readonly groups: readonly string[];
    readonly user_permissions: readonly string[];
  }[];
  readonly tokens: readonly {
    readonly kind: string;
    readonly stored: string;
    readonly verdict: string;
    readonly payload: { readonly jti: string; readonly exp: number };
  }[];
  readonly admin_log: readonly {
    readonly id: number;
    readonly by: number;
    readonly object: string;
    readonly object_id: string;
    readonly flag: string;
    readonly message: string;
    readonly time: string;
  }[];
  readonly defects: readonly {
    readonly table: string;
    readonly id: number;
    readonly kind: string;
    readonly sqlite_only?: boolean;
  }[];
}

/** The path of a file of the samples. */
export const samplePath = (name: string) => join(FIXTURES, name);

export const sampleText = (name: string) => readFileSync(samplePath(name), 'utf8');

export const manifestOf = (name: string): Manifest => JSON.parse(sampleText(name));

/** An empty folder that goes with the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A SQLite file made by some SQL, from nothing or from a copy of a sample. */
export function sqliteFile(sql: string, sample?: string): string {
  const path = join(testFolder(), 'django.sqlite3');
  if (sample !== undefined) cpSync(samplePath(sample), path);
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  database.exec(sql);
  database.close();
  return path;
}

/** Everything that comes in batches, in one list. */
export async function take<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}
