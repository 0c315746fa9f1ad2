import { getDomain } from 'tldts';

/** Max characters of an origin. */
const MAX_LENGTH = 300;

/** Origins of apps in a webview or an extension, such as `capacitor://localhost`. Their hosts keep their case. */
const APP_ORIGIN =
  /^(?!(?:https?|wss?|ftp|file|data|blob|about|javascript|null):)[a-z][a-z0-9+.-]{0,60}:\/\/[\w.-]+(?::\d{1,5})?$/;
/** An origin of the web, as a wildcard may match it. */
const WEB_ORIGIN = /^https?:\/\/[\w-]+(?:\.[\w-]+)*\.?(?::\d{1,5})?$/;
const WILDCARD = /^(https?:\/\/)\*\.([^*]+)$/;

/**
 * The reason why a text is no origin that a browser key can be bound to; undefined if it is one.
 *
 * An origin is scheme, host and port, exactly as browsers send it. `https://*.shop.example` stands for every subdomain of
 * `shop.example` at any depth, as in a content security policy; not for `shop.example` itself.
 */
export function originProblem(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return `must have up to ${MAX_LENGTH} characters`;
  if (text === 'null' || text.startsWith('file:'))
    return 'must not be null or file: any page can send the origin null. Serve the page by http, or from the scheme of an app, such as capacitor://localhost';
  if (APP_ORIGIN.test(text)) return undefined;
  if (!text.includes('*')) return webOriginProblem(text);
  const [, scheme = '', domain = ''] = WILDCARD.exec(text) ?? [];
  if (domain === '')
    return 'may have a * only as the whole first label, such as https://*.shop.example. Otherwise name each origin';
  const problem = webOriginProblem(scheme + domain, '*.');
  if (problem !== undefined) return problem;
  const host = domain.replace(/:\d+$/, '');
  // Under a public suffix such as co.uk or github.io, anyone may have a subdomain.
  if (host !== 'localhost' && getDomain(host, { allowPrivateDomains: true }) === null)
    return `must not stand for every site of ${host}, which belong to different people. Name your own domain, such as https://*.shop.${host}`;
  return undefined;
}

/** `wildcard`: left out of the text, and put back into the origin that the reason names */
function webOriginProblem(text: string, wildcard = ''): string | undefined {
  const form = 'must be an origin as browsers send it, such as https://app.example or capacitor://localhost';
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return form;
  const { origin } = new URL(text);
  if (origin === text) return undefined;
  return `${form}; here ${origin.replace('//', `//${wildcard}`)}`;
}

/** The origins of a stored key without wildcards that no key may have. Earlier versions stored them, and matched none. */
export const usableOrigins = (origins: readonly string[]): ReadonlySet<string> =>
  new Set(origins.filter((origin) => !origin.includes('*') || originProblem(origin) === undefined));

/** Whether an origin is one of those allowed, or matches a wildcard among them. */
export function matchesOrigin(origin: string, allowed: ReadonlySet<string>): boolean {
  if (allowed.has(origin)) return !origin.includes('*');
  if (origin.length > MAX_LENGTH || !WEB_ORIGIN.test(origin)) return false;
  const host = origin.indexOf('://') + 3;
  for (let dot = origin.indexOf('.', host); dot >= 0; dot = origin.indexOf('.', dot + 1))
    if (allowed.has(`${origin.slice(0, host)}*${origin.slice(dot)}`)) return true;
  return false;
}
