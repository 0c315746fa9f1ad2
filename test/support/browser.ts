/** A browser for sign-in: keeps cookies by host, follows redirects and says at which URL it ended. */
export interface Browser {
  /** Cookies by host, then by name, with their attributes. */
  cookies: Map<string, Map<string, { value: string; attributes: string[] }>>;
  get(url: string): Promise<Page>;
  submit(url: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

export interface Page {
  url: string;
  status: number;
  headers: Headers;
  text: string;
}

export function openBrowser(): Browser {
  const cookies: Browser['cookies'] = new Map();

  function keep(response: Response, host: string): void {
    const jar = cookies.get(host) ?? new Map();
    cookies.set(host, jar);
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(name.length + 1);
      if (value === '') jar.delete(name);
      else jar.set(name, { value, attributes });
    }
  }

  async function send(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const jar = [...(cookies.get(host) ?? [])].map(([name, { value }]) => `${name}=${value}`).join('; ');
    const headers = { ...(jar !== '' && { cookie: jar }), ...(init.headers as Record<string, string>) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    keep(response, host);
    return response;
  }

  async function follow(url: string, init?: RequestInit): Promise<Page> {
    let at = url;
    let response = await send(at, init);
    for (let n = 0; n < 12 && response.status >= 301 && response.status <= 303; n++) {
      at = new URL(response.headers.get('location') ?? '', at).href;
      response = await send(at);
    }
    return { url: at, status: response.status, headers: response.headers, text: await response.text() };
  }

  return {
    cookies,
    get: follow,
    submit: (url, fields, headers = { 'sec-fetch-site': 'same-origin' }) =>
      follow(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
      }),
    fetch: send,
  };
}
