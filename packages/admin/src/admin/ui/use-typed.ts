import { useState } from 'react';

interface Typed {
  readonly typed: string;
  readonly type: (text: string) => void;
  readonly send: (text: string) => void;
}

/**
 * What is being typed into a field whose `value` stands in the address. `type` keeps a text that is not finished, `send` puts one
 * into the address. An address that came otherwise, by the back button or a link, replaces what was typed; the echo of what was
 * sent does not, for somebody may have typed on meanwhile.
 */
export function useTyped(value: string, onSend: (text: string) => void): Typed {
  const [{ typed, sent, known }, set] = useState({ typed: value, sent: value, known: value });
  if (value !== known) set({ typed: value === sent ? typed : value, sent: value, known: value });
  return {
    typed,
    type: (text) => set((old) => ({ ...old, typed: text })),
    send: (text) => {
      set((old) => ({ ...old, sent: text }));
      onSend(text);
    },
  };
}
