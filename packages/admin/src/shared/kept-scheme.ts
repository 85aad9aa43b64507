/** Light or dark, under the name that Mantine itself would use. */
export type Scheme = 'light' | 'dark' | 'auto';

export const SCHEME_KEY = 'mantine-color-scheme-value';
export const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

/** What was chosen. A browser may forbid the storage. */
export function keptScheme(): Scheme {
  try {
    const kept = localStorage.getItem(SCHEME_KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'auto';
  } catch {
    return 'auto';
  }
}

/** Where nobody chose, it is as the system has it. */
export function inForce(scheme: Scheme): 'light' | 'dark' {
  if (scheme !== 'auto') return scheme;
  return systemIsDark.matches ? 'dark' : 'light';
}

/** Shows it: under the attribute that Mantine itself would use. */
export function showScheme(scheme: Scheme): void {
  document.documentElement.dataset.mantineColorScheme = inForce(scheme);
}
