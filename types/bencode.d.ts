declare module 'bencode' {
  const bencode: {
    /** Strings come as Uint8Array. Hangs on some malformed input: check it with swarm/metainfo/bencode-check.ts first. */
    decode(data: Uint8Array): unknown
    encode(value: unknown): Uint8Array
  }
  export default bencode
}
