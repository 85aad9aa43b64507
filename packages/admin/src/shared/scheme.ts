/** Light or dark, known before Mantine is there; under the name and the attribute that Mantine itself would use. */
type Scheme = 'light' | 'dark' | 'auto';

const KEY = 'mantine-color-scheme-value';
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let chosen: Scheme = 'auto';

/** A browser may forbid the storage: then a choice lasts as long as the page. */
function readChoice(): void {
  try {
    const kept = localStorage.getItem(KEY);
    chosen = kept === 'light' || kept === 'dark' ? kept : 'auto';
  } catch {}
}

function writeChoice(): void {
  try {
    localStorage.setItem(KEY, chosen);
  } catch {}
}

/** What is shown: where nobody chose, as the system has it. */
export function schemeInForce(): 'light' | 'dark' {
  if (chosen !== 'auto') return chosen;
  return systemIsDark.matches ? 'dark' : 'light';
}

function apply(): void {
  document.documentElement.dataset.mantineColorScheme = schemeInForce();
  for (const listener of listeners) listener();
}

export function chooseScheme(scheme: Scheme): void {
  // Mantine gives back what it is told.
  if (scheme === chosen) return;
  chosen = scheme;
  writeChoice();
  apply();
}

/** Tells of each change, of the system's too; gives a function that stops that. */
export function onScheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

let stopMantine = () => {};

/** How Mantine takes part in it (its `MantineColorSchemeManager`). */
export const schemeManager = {
  get: () => chosen,
  set: chooseScheme,
  subscribe: (update: (scheme: Scheme) => void) => {
    stopMantine = onScheme(() => update(chosen));
  },
  unsubscribe: () => stopMantine(),
  clear: () => chooseScheme('auto'),
};

systemIsDark.addEventListener('change', apply);
window.addEventListener('storage', ({ key }) => {
  if (key !== KEY) return;
  readChoice();
  apply();
});
readChoice();
apply();
