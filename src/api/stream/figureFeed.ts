/** Figures by name. A value is compared by its JSON. */
export type StreamedFigures = Record<string, unknown>;

/** Gets the figures that changed, all of them at first. Returns false if the reader is too slow to take them now. */
export type FigureListener = (figures: StreamedFigures) => boolean;

/**
 * Figures of scopes, read once a round for all of a scope's listeners. A listener that is too slow misses rounds, never a
 * figure: it then gets all that changed since the last one it took.
 */
export interface FigureFeed {
  /** Starts to listen. Returns a function that ends it, or undefined if there are too many listeners. */
  listen(scope: string | undefined, listener: FigureListener): (() => void) | undefined;
  /** Ends all polling. */
  close(): void;
}

interface Listener {
  send: FigureListener;
  /** JSON of each figure that it took last */
  known: Map<string, string>;
}

interface Channel {
  listeners: Set<Listener>;
  current: StreamedFigures | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** `read`: the figures of an org, or of everyone. A failed read is tried again in the next round. */
export function createFigureFeed({
  read,
  intervalMs,
  maxListeners,
}: {
  read(orgId: string | undefined): Promise<StreamedFigures>;
  intervalMs: number;
  maxListeners: number;
}): FigureFeed {
  const channels = new Map<string | undefined, Channel>();
  let count = 0;
  let isClosed = false;

  async function poll(scope: string | undefined, channel: Channel): Promise<void> {
    const figures = await read(scope).catch(() => undefined);
    if (isClosed || channel.listeners.size === 0) return;
    if (figures) channel.current = figures;
    for (const listener of channel.listeners) offer(listener, channel.current);
    channel.timer = setTimeout(() => void poll(scope, channel), intervalMs).unref();
  }

  return {
    listen(scope, send) {
      if (isClosed || count >= maxListeners) return undefined;
      count++;
      const listener: Listener = { send, known: new Map() };
      const channel = channels.get(scope) ?? { listeners: new Set(), current: undefined, timer: undefined };
      channel.listeners.add(listener);
      if (!channels.has(scope)) {
        channels.set(scope, channel);
        void poll(scope, channel);
      } else if (channel.current) offer(listener, channel.current);
      return () => {
        if (!channel.listeners.delete(listener)) return;
        count--;
        if (channel.listeners.size > 0) return;
        clearTimeout(channel.timer);
        channels.delete(scope);
      };
    },
    close() {
      isClosed = true;
      for (const { timer } of channels.values()) clearTimeout(timer);
      channels.clear();
    },
  };
}

function offer(listener: Listener, figures: StreamedFigures | undefined): void {
  if (!figures) return;
  const changed = Object.entries(figures)
    .map(([name, value]) => [name, value, JSON.stringify(value)] as const)
    .filter(([name, , json]) => listener.known.get(name) !== json);
  if (changed.length === 0) return;
  if (!listener.send(Object.fromEntries(changed.map(([name, value]) => [name, value])))) return;
  for (const [name, , json] of changed) listener.known.set(name, json);
}
