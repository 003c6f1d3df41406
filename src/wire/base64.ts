const utf8 = /*#__PURE__*/ new TextEncoder()

/** The text's UTF-8 bytes in base64. Effect's `Encoding` would bring what each browser has. */
export const base64 = (text: string): string =>
  btoa(Array.from(utf8.encode(text), (byte) => String.fromCharCode(byte)).join(""))
