import { type PathValues, parameterReader, type Route } from './route.ts';

/** The path as it was asked for, without the query. */
export function pathOf({ url = '' }: { readonly url?: string | undefined }): string {
  const at = url.indexOf('?');
  return at < 0 ? url : url.slice(0, at);
}

/** The path in plain letters (`%74` is `t`), as Django looks for it. What cannot be read stays as it is. */
function plainPath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** Reads the parameters of a route from a path, with or without its last slash; undefined when it is none of its paths. */
export function parametersFor(route: Route): (path: string) => PathValues | undefined {
  const read = parameterReader(route);
  return (path) => read(path.endsWith('/') ? path : `${path}/`);
}

/** Tells under which name (`/api/things/{id}/`, `/media/*`) a path is served. */
export type NameOfPath = (path: string) => string | undefined;

/** Looks for the path itself, then among the routes with parameters, then for a folder that it is below. */
export function pathNames(
  served: { has(path: string): boolean; keys(): Iterable<string> },
  routes: readonly Route[],
): NameOfPath {
  const templates = routes
    .filter((route) => route.parameters !== undefined)
    .map((route) => ({ name: route.path, read: parameterReader(route) }));
  const folders = [...served.keys()].filter((name) => name.endsWith('/*'));
  return (asked) => {
    const path = plainPath(asked);
    if (served.has(path)) return path;
    const template = templates.find(({ read }) => read(path) !== undefined);
    return template?.name ?? folders.find((name) => path.startsWith(name.slice(0, -1)));
  };
}
