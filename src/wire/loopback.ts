/** Whether a host is this device itself. */
export const isLoopbackHost = (host: string): boolean =>
  /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost\.?)$/.test(host)
