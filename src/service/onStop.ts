/** Registers a function to call when the service stops. The last one registered is called first. */
export type OnStop = (close: () => unknown) => void;
