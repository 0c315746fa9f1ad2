/** Control characters of terminals and of text direction, which can disguise a line. Line feeds are left out. */
const CONTROLS = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Escapes control characters, such as ESC as `\u{1b}`, so that text from users cannot control the terminal. */
export function escapeForTerminal(text: string): string {
  return text.replace(CONTROLS, (control) => `\\u{${control.codePointAt(0)!.toString(16)}}`);
}

/** Escapes text to one line, so that text from users cannot look like a line of output. */
export function inOneLine(text: string): string {
  return escapeForTerminal(text).replaceAll('\n', '\\n');
}
