/** What people reach the service by, where no setting says so: by the address of this machine itself. */
export function publicUrlOf(set: string | undefined, listening: string | undefined): string {
  return set ?? (listening ?? '').replace(/\/\/(0\.0\.0\.0|\[::\])(?=:|$)/, '//127.0.0.1');
}
