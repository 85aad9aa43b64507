import { LANGUAGES, type Language } from '../domain/email/message.ts';

/**
 * The language of an Accept-Language header (RFC 9110 section 12.5.4) that mails are written in: the one with the highest
 * weight, of equal ones the first. English when none is.
 */
export function languageOf(header: string | undefined): Language {
  if (header === undefined) return 'en';
  let best: { language: Language; weight: number } = { language: 'en', weight: 0 };
  for (const part of header.slice(0, 500).split(',')) {
    const [, tag = '', q = '1'] = /^\s*([A-Za-z]{2})(?:-[\w-]+)?\s*(?:;\s*q=([\d.]+))?\s*$/.exec(part) ?? [];
    const language = LANGUAGES.find((one) => one === tag.toLowerCase());
    if (language !== undefined && Number(q) > best.weight) best = { language, weight: Number(q) };
  }
  return best.language;
}
