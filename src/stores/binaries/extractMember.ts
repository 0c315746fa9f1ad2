import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const END_RECORD = 0x06054b50;
const END_RECORD_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * Writes one file of a zip archive to `target`. Wheels are plain zip archives, and reading one here needs neither
 * `unzip` nor a Python that goes with the pip. Throws when the archive has no such member.
 */
export async function extractMember(options: {
  archive: string;
  member: string;
  target: string;
}): Promise<void> {
  const { archive, member, target } = options;
  const { method, start, compressedSize, size } = await locateMember(archive, member);
  if (method !== STORED && method !== DEFLATED)
    throw new Error(`${member} is compressed in an unknown way (${method})`);
  const output = createWriteStream(target);
  await pipeline(
    createReadStream(archive, { start, end: start + compressedSize - 1 }),
    method === DEFLATED ? createInflateRaw() : new PassThrough(),
    output,
  );
  if (output.bytesWritten !== size)
    throw new Error(`${member} has ${output.bytesWritten} bytes, not ${size}`);
}

async function locateMember(archive: string, member: string) {
  const file = await open(archive);
  try {
    const read = async (position: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    const { size: archiveBytes } = await file.stat();
    const tailBytes = Math.min(archiveBytes, END_RECORD_BYTES + MAX_COMMENT_BYTES);
    const tail = await read(archiveBytes - tailBytes, tailBytes);
    let end = tail.length - END_RECORD_BYTES;
    while (end >= 0 && tail.readUInt32LE(end) !== END_RECORD) end -= 1;
    if (end < 0) throw new Error('it is not a zip archive');
    const directory = await read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    for (let at = 0; at + ENTRY_BYTES <= directory.length; ) {
      const nameBytes = directory.readUInt16LE(at + 28);
      const name = directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
      if (name === member) {
        const headerAt = directory.readUInt32LE(at + 42);
        // The local header repeats the name, and its extra field may differ in length from the directory's.
        const header = await read(headerAt, LOCAL_HEADER_BYTES);
        return {
          method: directory.readUInt16LE(at + 10),
          compressedSize: directory.readUInt32LE(at + 20),
          size: directory.readUInt32LE(at + 24),
          start: headerAt + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28),
        };
      }
      at += ENTRY_BYTES + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    throw new Error(`it has no ${member}`);
  } finally {
    await file.close();
  }
}
