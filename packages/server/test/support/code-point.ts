import fc from 'fast-check';

/** Any code point but surrogates. What fast-check calls `binary` counts them all first, which holds the event loop up for a second. */
export const CODE_POINT = fc
  .integer({ min: 0, max: 0x10ffff - 0x800 })
  .map((at) => String.fromCodePoint(at < 0xd800 ? at : at + 0x800));
