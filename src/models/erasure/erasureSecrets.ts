import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { Models } from '../database.ts';

/** What makes tombstones unreadable, and what receipts are signed with. */
export interface ErasureSecrets {
  /** of the HMAC by which tombstones name whom they are about */
  tombstoneKey: Buffer;
  signingKey: KeyObject;
  /** PEM */
  publicKey: string;
}

/** Reads the secrets of the deployment. The first one who asks makes them, for ever. */
export async function readErasureSecrets(models: Pick<Models, 'settings'>): Promise<ErasureSecrets> {
  const tombstoneKey = await getOrCreateSecret(models, 'tombstone key', () =>
    randomBytes(32).toString('base64'),
  );
  const signingKey = createPrivateKey(
    await getOrCreateSecret(models, 'receipt signing key', () =>
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ),
  );
  return {
    tombstoneKey: Buffer.from(tombstoneKey, 'base64'),
    signingKey,
    publicKey: createPublicKey(signingKey).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Of several who make a value at once, one is first, and the others take what it made. */
async function getOrCreateSecret(
  { settings }: Pick<Models, 'settings'>,
  id: string,
  make: () => string,
): Promise<string> {
  const find = () => settings.findById(id).lean();
  let found = await find();
  if (!found) {
    await settings.create([{ _id: id, value: make() }]).catch((error) => {
      if ((error as { code?: number }).code !== 11000) throw error;
    });
    found = await find();
  }
  return String(found?.value);
}
