/** Takes what is to be done when the service stops: what was opened last is closed first. */
export type OnStop = (close: () => unknown) => void;
