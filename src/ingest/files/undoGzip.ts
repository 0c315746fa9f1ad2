import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FileProblem } from './fileProblem.ts';
import { peekBytes } from './peekBytes.ts';

const GZIP = Buffer.from('1f8b', 'hex');

/** Decompresses a file if it begins as gzip does; else passes it on. Throws FileProblem, also from the bytes, if it is damaged. */
export async function undoGzip(bytes: AsyncIterable<Buffer>): Promise<AsyncGenerator<Buffer>> {
  const { head, all } = await peekBytes(bytes, GZIP.length);
  return head.subarray(0, GZIP.length).equals(GZIP) ? decompress(all) : all;
}

async function* decompress(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Errors arrive at the reader of `gunzip`.
  pipeline(Readable.from(compressed), gunzip, () => {});
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    if (!/^(Z_|ERR_STREAM_PREMATURE_CLOSE)/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new FileProblem('unreadable', 'The file is gzip, but damaged or cut off. Compress and send it again.');
  }
}
