import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// Holds the first prose rule of docs/contributing.md: a comment starts with a noun or a verb.

const BANNED = /^(what|of|where|whereas|who|whoever|whom|whose|those|as|by|instead)\b/i;
/** A block comment, or a run of line comments: the words after its opening mark. */
const COMMENTS = /\/\*\*?([\s\S]*?)\*\/|(?<=^|\s)\/\/ ?((?:[^\n]*\n[ \t]*\/\/)*[^\n]*)/gm;

const files = execFileSync('git', ['ls-files', '-z', '*.ts', '*.tsx', '*.js', '*.cjs'], { encoding: 'utf8' });
const faults = [];
for (const file of files.split('\0').filter(Boolean)) {
  const text = readFileSync(file, 'utf8');
  for (const comment of text.matchAll(COMMENTS)) {
    const words = (comment[1] ?? comment[2]).replace(/^[\s*]+/, '');
    if (!BANNED.test(words)) continue;
    const line = text.slice(0, comment.index).split('\n').length;
    faults.push(`${file}:${line}  ${words.split('\n')[0].slice(0, 80)}`);
  }
}
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) {
  process.stderr.write(`${faults.length} comments do not start with a noun or a verb; see docs/contributing.md\n`);
  process.exit(1);
}
