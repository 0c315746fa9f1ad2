import sax from 'sax';
import { FileProblem } from '../fileProblem.ts';

/** Max levels of elements, and max attributes of one. Workbooks have fewer; the parser bounds neither. */
const MAX_LEVELS = 64;
const MAX_ATTRIBUTES = 256;

/** Receives the events of an XML document. Names are without their prefix. */
export interface XmlHandler {
  open(name: string, attributes: Record<string, string>): void;
  close(name: string): void;
  text(text: string): void;
}

/**
 * Reads XML in UTF-8 while it arrives; yields after each piece, so that a reader can take what has been found. Refuses a
 * document type, the only place from which entities could be loaded or multiplied.
 *
 * @throws FileProblem
 */
export async function* readXml(bytes: AsyncIterable<Buffer>, handler: XmlHandler): AsyncGenerator<void> {
  // The parser bounds the length of names and values by their positions, so these stay on.
  const parser = sax.parser(true);
  let levels = 0;
  let attributeCount = 0;
  parser.onerror = (error) => {
    throw damaged(error.message.split('\n')[0] ?? '');
  };
  parser.ondoctype = () => {
    throw damaged('a part has a document type (DTD)');
  };
  parser.onattribute = () => {
    if (++attributeCount > MAX_ATTRIBUTES) throw damaged('an element has too many attributes');
  };
  parser.onopentag = ({ name, attributes }) => {
    attributeCount = 0;
    if (++levels > MAX_LEVELS) throw damaged('its elements are nested too deeply');
    handler.open(localName(name), attributes as Record<string, string>);
  };
  parser.onclosetag = (name) => {
    levels--;
    handler.close(localName(name));
  };
  parser.ontext = parser.oncdata = (text) => handler.text(text);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of bytes) {
    parser.write(decode(decoder, chunk));
    yield;
  }
  parser.close();
  yield;
}

/** Reads a whole document. */
export async function readWholeXml(bytes: AsyncIterable<Buffer>, handler: XmlHandler): Promise<void> {
  for await (const _ of readXml(bytes, handler));
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch {
    throw damaged('a part is not UTF-8');
  }
}

const damaged = (reason: string) =>
  new FileProblem('unreadable', `The workbook cannot be read: ${reason}. Save it again.`);

const localName = (name: string) => name.slice(name.indexOf(':') + 1);
