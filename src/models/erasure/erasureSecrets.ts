import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { Models } from '../database.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import { RECEIPT_SIGNING_KEY, TOMBSTONE_KEY } from '../mongodb/internalState.ts';

export interface ErasureSecrets {
  /** Key of the HMAC by which tombstones name their subjects. */
  tombstoneKey: Buffer;
  /** Ed25519; signs receipts. */
  signingKey: KeyObject;
  /** PEM; verifies receipts. */
  publicKey: string;
}

/** Reads the secrets of the deployment. The first call ever creates them, permanently. */
export async function readErasureSecrets(models: Models): Promise<ErasureSecrets> {
  const tombstoneKey = await getOrCreateSecret(models, TOMBSTONE_KEY, () => randomBytes(32).toString('base64'));
  const signingKey = createPrivateKey(
    await getOrCreateSecret(models, RECEIPT_SIGNING_KEY, () =>
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ),
  );
  return {
    tombstoneKey: Buffer.from(tombstoneKey, 'base64'),
    signingKey,
    publicKey: createPublicKey(signingKey).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Returns the same secret to every process, even if several create one at once: the first insert wins. */
async function getOrCreateSecret({ internalState }: Models, id: string, create: () => string): Promise<string> {
  const find = () => internalState.findById(id).lean();
  let found = await find();
  if (!found) {
    await internalState.create([{ _id: id, value: create() }]).catch((error) => {
      if (!isDuplicate(error)) throw error;
    });
    found = await find();
  }
  return String(found?.value);
}
