/** An element within another that is there for certain. */
export function part<Part extends HTMLElement>(within: ParentNode, selector: string): Part {
  const found = within.querySelector<Part>(selector);
  if (found === null) throw new Error(`there is no ${selector} in the page`);
  return found;
}
