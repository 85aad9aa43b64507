import { type PathValues, parameterReader, type Route } from './route.ts';

/** The path as it was asked for, without the query. */
export function pathOf({ url = '' }: { readonly url?: string | undefined }): string {
  const at = url.indexOf('?');
  return at < 0 ? url : url.slice(0, at);
}

/** Reads the parameters of a route from a path, with or without its last slash; undefined when it is none of its paths. */
export function parametersFor(route: Route): (path: string) => PathValues | undefined {
  const read = parameterReader(route);
  return (path) => read(path.endsWith('/') ? path : `${path}/`);
}

/** Tells under which name (`/api/things/{id}/`) a path is served, exactly as it is written. */
export type NameOfPath = (path: string) => string | undefined;

/** Looks for the path itself, and then among the routes with parameters. */
export function pathNames(served: { has(path: string): boolean }, routes: readonly Route[]): NameOfPath {
  const templates = routes
    .filter((route) => route.parameters !== undefined)
    .map((route) => ({ path: route.path, read: parameterReader(route) }));
  return (path) => (served.has(path) ? path : templates.find(({ read }) => read(path) !== undefined)?.path);
}

/** A path with parameters as Fastify writes it. */
export function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
