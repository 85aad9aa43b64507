import { inForce, keptScheme, SCHEME_KEY, type Scheme, showScheme, systemIsDark } from './kept-scheme.ts';

const listeners = new Set<() => void>();
let chosen: Scheme = keptScheme();

/** A browser may forbid the storage: then a choice lasts as long as the page. */
function writeChoice(): void {
  try {
    localStorage.setItem(SCHEME_KEY, chosen);
  } catch {}
}

/** What is shown: where nobody chose, as the system has it. */
export const schemeInForce = (): 'light' | 'dark' => inForce(chosen);

function apply(): void {
  showScheme(chosen);
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
  if (key !== SCHEME_KEY) return;
  chosen = keptScheme();
  apply();
});
apply();
