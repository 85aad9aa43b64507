import { Agent, request } from 'node:http';

/** An answer as these tests need it. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly json: any;
}

/** Sends requests over connections that are kept: what is sent together arrives together. */
export interface Client {
  post(server: { readonly url: string }, path: string, body: unknown, token?: string): Promise<Answered>;
  patch(server: { readonly url: string }, path: string, body: unknown, token: string): Promise<Answered>;
  get(server: { readonly url: string }, path: string, token: string): Promise<Answered>;
  close(): void;
}

/** Rejects when the connection breaks before the whole answer is here. */
function send(agent: Agent, url: string, method: string, headers: object, body?: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers: { ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const isJson = response.headers['content-type']?.startsWith('application/json') && text !== '';
        resolve({ status: response.statusCode ?? 0, text, json: isJson ? JSON.parse(text) : undefined });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function keepAliveClient(maxSockets = 64): Client {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const sendBody = (url: string, method: string, body: unknown, token?: string) => {
    const text = JSON.stringify(body) ?? '';
    const length = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const headers = token === undefined ? length : { ...length, Authorization: `Bearer ${token}` };
    return send(agent, url, method, headers, text);
  };
  return {
    post: (server, path, body, token) => sendBody(server.url + path, 'POST', body, token),
    patch: (server, path, body, token) => sendBody(server.url + path, 'PATCH', body, token),
    get: (server, path, token) => send(agent, server.url + path, 'GET', { Authorization: `Bearer ${token}` }),
    close: () => agent.destroy(),
  };
}
