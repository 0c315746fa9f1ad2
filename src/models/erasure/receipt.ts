import { createPublicKey, sign, verify } from 'node:crypto';
import type { Receipt, SignedReceipt } from './erasureSchema.ts';
import type { ErasureSecrets } from './erasureSecrets.ts';

export function signReceipt(receipt: Receipt, { signingKey }: ErasureSecrets): SignedReceipt {
  const signature = sign(null, signedBytes(receipt), signingKey).toString('base64');
  return { receipt, algorithm: 'Ed25519', signature };
}

/** Whether the holder of the key signed this receipt. `publicKey` is PEM. */
export function isGenuine(signed: unknown, publicKey: string): signed is SignedReceipt {
  const { receipt, algorithm, signature } = (signed ?? {}) as Partial<SignedReceipt>;
  if (algorithm !== 'Ed25519' || typeof signature !== 'string' || typeof receipt !== 'object') return false;
  return verify(null, signedBytes(receipt), createPublicKey(publicKey), Buffer.from(signature, 'base64'));
}

/** The JSON without white space and with sorted names, so that formatting does not matter. */
const signedBytes = (receipt: unknown) => Buffer.from(JSON.stringify(sorted(receipt)));

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, child]) => [name, sorted(child)]));
}
