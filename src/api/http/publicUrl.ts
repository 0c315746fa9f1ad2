/** The URL under which people reach the service: the setting, or else an address of this machine. */
export function publicUrlOf(set: string | undefined, listening: string | undefined): string {
  return set ?? (listening ?? '').replace(/\/\/(0\.0\.0\.0|\[::\])(?=:|$)/, '//127.0.0.1');
}
