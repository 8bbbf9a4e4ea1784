import { sendProblem } from './problem.ts';
import type { OnRefused } from './refusals.ts';
import type { App } from './scope.ts';

type KnownPath = { readonly pattern: RegExp; readonly methods: Set<string> };

/**
 * Answers what no route takes: NOT_FOUND, or METHOD_NOT_ALLOWED and Allow (RFC 9110 15.5.6) where the path is
 * known. Must be called before the routes are added.
 */
export function refuseUnknownPaths(app: App, onRefused: OnRefused): void {
  const known = new Map<string, KnownPath>();
  app.addHook('onRoute', ({ url, method }) => {
    const path = known.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const name of [method].flat()) path.methods.add(name);
    known.set(url, path);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const found = [...known.values()].find(({ pattern }) => pattern.test(path));
    const reason = found === undefined ? 'path-unknown' : 'method-unknown';
    onRefused({ reason, address: request.ip });
    if (found === undefined) return sendProblem(reply, 'NOT_FOUND');
    reply.header('allow', [...found.methods].join(', '));
    return sendProblem(reply, 'METHOD_NOT_ALLOWED');
  });
}

/** "/v1/settlements/:id" takes one segment for each name. */
function patternOf(url: string): RegExp {
  const escaped = url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:[A-Za-z]+/g, '[^/]+')}$`);
}
