export async function measure() {
  throw new Error('not built yet');
}
