import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

/**
 * Writes one file of a zip archive to `target`. A wheel is a zip archive.
 *
 * @throws Error when the archive is damaged or has no such member
 */
export async function extractMember(options: { archive: string; member: string; target: string }): Promise<void> {
  const { archive, member, target } = options;
  const zip = await openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== member) continue;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
      return;
    }
    throw new Error(`it has no ${member}`);
  } finally {
    zip.close();
  }
}
