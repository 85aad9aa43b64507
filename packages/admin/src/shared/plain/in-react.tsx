import { useEffect, useRef } from 'react';
import { type PlainPage, showPage } from './page.ts';

/** A plain page among those of React. `page` is given how to show another one in its place. */
export function InReact({ page }: { readonly page: (show: (another: PlainPage) => void) => PlainPage }) {
  const place = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has been typed stays when what is around it is drawn anew
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const show = (one: PlainPage) => showPage(current, one);
    show(page(show));
  }, []);
  return <div ref={place} />;
}
