/** Whether a text has at most `max` code points. Counts them only if its length in UTF-16 units does not tell. */
export const hasAtMost = (text: string, max: number) =>
  text.length <= max || (text.length <= 2 * max && [...text].length <= max);
