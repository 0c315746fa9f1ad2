import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Decides what happens to the caught bytes: forward them or not. */
export type Trap = (chunk: { forward(): void; cut(): void }) => void;

/** A TCP proxy between a process and one store that can cut, delay, and lose single messages. */
export interface StoreProxy {
  port: number;
  /** Ends every connection at once, in mid-message. */
  cut(): void;
  /** Delays every message, each way, in ms. */
  setDelay(ms: number): void;
  /** Catches the first message to the store that holds `text`. */
  trapRequest(text: string, trap: Trap): void;
  /** Catches the reply to the first message that holds `text`. The request has taken effect by then. */
  trapReply(text: string, trap: Trap): void;
  /** Removes traps that have caught nothing. */
  disarm(): void;
  close(): Promise<void>;
}

interface Armed {
  text: string;
  trap: Trap;
  reply: boolean;
}

export async function startProxy(target: { host: string; port: number }): Promise<StoreProxy> {
  const pairs = new Set<{ client: Socket; store: Socket }>();
  let armed: Armed[] = [];
  let delayMs = 0;

  const server = createServer((client) => {
    const store = connect(target.port, target.host);
    const pair = { client, store };
    pairs.add(pair);
    const cut = () => {
      client.destroy();
      store.destroy();
      pairs.delete(pair);
    };
    /** Traps for the next message from the store on this connection. */
    const awaited: Trap[] = [];
    relay(client, store, cut, (chunk) => {
      const caught = armed.find(({ text }) => chunk.includes(text));
      if (!caught) return undefined;
      armed = armed.filter((one) => one !== caught);
      if (!caught.reply) return caught.trap;
      awaited.push(caught.trap);
      return undefined;
    });
    relay(store, client, cut, () => awaited.shift());
  });

  function relay(from: Socket, to: Socket, cut: () => void, trapFor: (chunk: Buffer) => Trap | undefined) {
    from.setNoDelay(true);
    from.on('error', cut);
    from.on('close', cut);
    // Keeps the order of messages, whatever the delay.
    let last = Promise.resolve();
    let waiting = 0;
    from.on('data', (chunk) => {
      const trap = trapFor(chunk);
      const forward = () => {
        if (to.destroyed || to.write(chunk)) return;
        from.pause();
        to.once('drain', () => from.resume());
      };
      const pass = trap ? () => trap({ forward, cut }) : forward;
      if (delayMs === 0 && waiting === 0) return pass();
      waiting++;
      const at = Date.now() + delayMs;
      last = last
        .then(() => sleep(Math.max(0, at - Date.now())))
        .then(() => {
          waiting--;
          pass();
        });
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cutAll = () => {
    for (const { client, store } of pairs) {
      client.destroy();
      store.destroy();
    }
    pairs.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut: cutAll,
    setDelay(ms) {
      delayMs = ms;
    },
    trapRequest: (text, trap) => armed.push({ text, trap, reply: false }),
    trapReply: (text, trap) => armed.push({ text, trap, reply: true }),
    disarm() {
      armed = [];
    },
    async close() {
      cutAll();
      server.close();
      await once(server, 'close');
    },
  };
}
