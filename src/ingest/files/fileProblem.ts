/** Kind of a refusal: the content cannot be read, is over a limit, or is of a type that is not taken. */
type FileProblemKind = 'unreadable' | 'tooLarge' | 'wrongType';

/** A file that cannot be read, or not further. The message says why and how to mend it. */
export class FileProblem extends Error {
  override name = 'FileProblem';
  readonly kind: FileProblemKind;

  constructor(kind: FileProblemKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
