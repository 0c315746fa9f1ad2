/** Controls of terminals, and of the direction of writing, which can make a line look like another. Line feeds are not meant. */
const CONTROLS = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A text that does nothing to the terminal that shows it: what would is written out, as `\u{1b}`. */
export function escapeForTerminal(text: string): string {
  return text.replace(CONTROLS, (control) => `\\u{${control.codePointAt(0)!.toString(16)}}`);
}

/** The same in one line, for what others wrote: it cannot look like a line of ours. */
export function inOneLine(text: string): string {
  return escapeForTerminal(text).replaceAll('\n', '\\n');
}
