import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Entry, fromFdPromise } from 'yauzl';
import { FileProblem } from '../fileProblem.ts';

/** Max members of an archive; a workbook has one for each sheet and picture. */
const MAX_MEMBERS = 10_000;

/** A zip archive on disk. */
export interface ZipArchive {
  has(name: string): boolean;
  /** Decompressed bytes of a member, up to a limit. Throws FileProblem, also from the bytes. */
  read(name: string, maxBytes: number): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/**
 * Opens a zip archive that arrives as a stream. Its list of members is at its end, so it is written to a temporary file
 * first, which has no name and is gone when this process ends.
 *
 * @throws FileProblem if it is damaged
 */
export async function openZip(bytes: AsyncIterable<Buffer>): Promise<ZipArchive> {
  const file = await openTemporaryFile();
  try {
    for await (const chunk of bytes) await file.writeFile(chunk);
    const zip = await fromFdPromise(file.fd, { autoClose: false });
    if (zip.entryCount > MAX_MEMBERS)
      throw new FileProblem('tooLarge', `The file is a zip archive of over ${MAX_MEMBERS} files, not a workbook.`);
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(keyOf(entry.fileName), entry);
    return {
      has: (name) => entries.has(keyOf(name)),
      async *read(name, maxBytes) {
        const entry = entries.get(keyOf(name));
        if (!entry)
          throw new FileProblem('unreadable', `The workbook has no part ${name.slice(0, 100)}; save it again.`);
        let size = 0;
        try {
          for await (const chunk of await zip.openReadStreamPromise(entry)) {
            size += chunk.length;
            if (size > maxBytes)
              throw new FileProblem('tooLarge', `The part ${name} of the workbook is over ${maxBytes} bytes.`);
            yield chunk;
          }
        } catch (error) {
          throw asDamage(error);
        }
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw asDamage(error);
  }
}

/** Parts are named with and without a slash at the start, in any case. */
const keyOf = (name: string) => name.replace(/^\/+/, '').toLowerCase();

async function openTemporaryFile() {
  const folder = await mkdtemp(join(tmpdir(), 'workbook-'));
  try {
    return await open(join(folder, 'file'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The problem of a damaged archive; errors of the disk, and those of the source, stay as they are. */
function asDamage(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof FileProblem || (code !== undefined && !code.startsWith('Z_'))) return error;
  return new FileProblem(
    'unreadable',
    `The workbook is damaged: ${String(message).slice(0, 200)}. Save and send it again.`,
  );
}
