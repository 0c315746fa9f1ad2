/** Takes one line for people about what is being done; where it is printed is the caller's choice. */
export type Report = (line: string) => void;
