import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { invalid, Problem } from '../http/problem.ts';

export interface Upload<Stored> {
  /** the result of `store` for the file */
  stored: Stored;
  fileName: string;
  /** text of the part `mapping` */
  mapping: string | undefined;
}

/** Max bytes of a mapping. */
export const MAX_MAPPING_BYTES = 256 * 1024;
/** Max characters of a file's name. */
const MAX_NAME_CHARACTERS = 200;
/** Limits of a form. Names and headers of its parts are short. */
const FORM_LIMITS = {
  parts: 4,
  files: 3,
  fields: 2,
  fieldSize: MAX_MAPPING_BYTES,
  headerPairs: 20,
  headerSize: 4 * 1024,
};
const CLOSE = { headers: { connection: 'close' } };

/**
 * Reads a form (`multipart/form-data`) with a part `file`, and perhaps a part `mapping`, in any order; both may be files.
 * The file goes to `store` as it arrives, so that none is held in memory.
 *
 * @throws Problem 400, 413 or 415, or what `store` throws
 */
export async function readUpload<Stored>(
  request: IncomingMessage,
  maxBytes: number,
  store: (file: AsyncIterable<Buffer>) => Promise<Stored>,
): Promise<Upload<Stored>> {
  const parser = parserOf(request, maxBytes);
  let file: { fileName: string; stream: BusboyFileStream; stored: Promise<Stored> } | undefined;
  let mapping: Promise<string> | undefined;

  const parsed = new Promise<void>((resolve, reject) => {
    const refuse = (problem: Problem) => reject(problem);
    parser.on('file', (name, stream, fileName) => {
      if (name === 'file' && !file) {
        stream.on('limit', () => stream.destroy(tooLarge(maxBytes)));
        stream.on('error', () => {});
        file = { fileName: fileName ?? '', stream, stored: store(contentOf(stream)) };
        file.stored.catch(reject);
      } else if (name === 'mapping' && !mapping) {
        mapping = readText(contentOf(stream));
        mapping.catch(reject);
      } else {
        stream.resume();
        refuse(unknownPart(name));
      }
    });
    parser.on('field', (name, value, _nameTruncated, isTruncated) => {
      if (name !== 'mapping' || mapping) return refuse(unknownPart(name));
      mapping = isTruncated ? Promise.reject(mappingTooLarge()) : Promise.resolve(value);
      mapping.catch(reject);
    });
    for (const event of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
      parser.on(event, () =>
        refuse(new Problem(400, 'The form has too many parts; it takes file and mapping.', CLOSE)),
      );
    parser.on('finish', resolve);
    parser.on('error', (error) =>
      refuse(new Problem(400, `The form cannot be read: ${String((error as Error).message).slice(0, 200)}.`, CLOSE)),
    );
    request.on('error', reject);
    request.on('close', () => {
      if (!request.complete) refuse(incomplete());
    });
  });
  request.pipe(parser);

  try {
    await parsed;
    if (!file) throw invalid([{ pointer: '/file', message: 'is missing; send the file as the part "file"' }]);
    return { stored: await file.stored, fileName: nameOf(file.fileName), mapping: await mapping };
  } catch (error) {
    request.unpipe(parser);
    // The rest of the body is not read; a store that waits for more of the file must end.
    file?.stream.destroy(error as Error);
    await file?.stored.catch(() => {});
    throw error;
  }
}

function parserOf(request: IncomingMessage, fileSize: number): BusboyInstance {
  const type = request.headers['content-type'] ?? '';
  const wrongType = () =>
    new Problem(415, 'Content-Type must be multipart/form-data, with the file in the part "file".', CLOSE);
  if (!/^multipart\/form-data\s*;/i.test(type)) throw wrongType();
  try {
    return new Busboy({ headers: { ...request.headers, 'content-type': type }, limits: { ...FORM_LIMITS, fileSize } });
  } catch {
    throw wrongType();
  }
}

/** The bytes of a part. Throws Problem if the form ends within it. */
async function* contentOf(stream: BusboyFileStream): AsyncGenerator<Buffer> {
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    throw error instanceof Problem ? error : incomplete();
  }
}

async function readText(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MAX_MAPPING_BYTES) throw mappingTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The name of a file without its folders, and without what a page or a terminal would obey. */
function nameOf(fileName: string): string {
  const name = fileName.split(/[/\\]/).at(-1) ?? '';
  return name
    .toWellFormed()
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .slice(0, MAX_NAME_CHARACTERS)
    .toWellFormed();
}

const incomplete = () => new Problem(400, 'The form is incomplete. Send it again.', CLOSE);
const unknownPart = (name: string) =>
  new Problem(400, 'The form takes one part "file" and at most one part "mapping".', {
    errors: [
      { pointer: `/${name.slice(0, 100).toWellFormed()}`, message: 'is not a part of the form, or is there twice' },
    ],
    ...CLOSE,
  });
const tooLarge = (maxBytes: number) =>
  new Problem(413, `The file is over ${maxBytes} bytes; split it, or ask for a higher IMPORT_LIMIT_MB.`, CLOSE);
const mappingTooLarge = () => new Problem(413, `The mapping is over ${MAX_MAPPING_BYTES} bytes.`, CLOSE);
